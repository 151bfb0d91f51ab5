"""A device that nobody uses now receives keys for its owner's next one."""

import asyncio
from typing import Any

import pytest

from sottovoce.domains.keys.model import MAX_DEHYDRATED_BYTES
from sottovoce.domains.keys.service import to_device as service
from tests.helpers.asgi import Reply, segment
from tests.helpers.crypto import ONE_TIME, Identity, Olm
from tests.helpers.people import Person
from tests.helpers.server import RunningServer

DEVICE = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device"
DATA = {"algorithm": "m.dehydration.v2", "device_pickle": "abc", "nonce": "def"}


class Dehydrated:
    """The secrets of a device that its owner puts away."""

    def __init__(self, owner: Person, device_id: str = "a/b+c") -> None:
        self.owner = owner
        self.person = Person(owner.app, owner.user_id, device_id, "")
        self.crypto = Olm(self.person)

    def body(self, **more: object) -> dict[str, Any]:
        keys = {"device_keys": self.crypto.device_keys(dehydrated=True), "fallback_keys": self.crypto.fallback_key()}
        return {"device_id": self.person.device_id, "device_data": DATA, **keys, **more}

    async def is_put_away(self, **more: object) -> None:
        answer = await self.owner.done("PUT", DEVICE, self.body(**more))
        assert answer == {"device_id": self.person.device_id}

    async def events(self, next_batch: str | None = None) -> Reply:
        body = {} if next_batch is None else {"next_batch": next_batch}
        return await self.owner.post(f"{DEVICE}/{segment(self.person.device_id)}/events", body)


async def devices_of(asker: Person, owner: Person) -> dict[str, Any]:
    found = await asker.done("POST", "keys/query", {"device_keys": {owner.user_id: []}})
    keys: dict[str, Any] = found["device_keys"][owner.user_id]
    return keys


async def sends(sender: Person, receiver: Person, number: int, device_id: str = "*") -> None:
    messages = {receiver.user_id: {device_id: {"number": number}}}
    await sender.done("PUT", f"sendToDevice/t/{number}", {"messages": messages})


async def test_it_is_found_again_and_shown_with_its_keys_but_not_as_a_device_signed_in(
    alice: Person, bob: Person
) -> None:
    put_away = Dehydrated(alice)
    reply = await alice.get(DEVICE)
    assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")
    await put_away.is_put_away(initial_device_display_name="Chest")
    assert await alice.done("GET", DEVICE) == {"device_id": "a/b+c", "device_data": DATA}
    keys = put_away.crypto.device_keys(dehydrated=True)
    shown = {**keys, "unsigned": {"device_display_name": "Chest"}}
    assert await devices_of(bob, alice) == {"a/b+c": shown}
    listed = (await alice.done("GET", "devices"))["devices"]
    assert [device["device_id"] for device in listed] == [alice.device_id]
    claim = {"one_time_keys": {alice.user_id: {"a/b+c": ONE_TIME}}}
    assert (await bob.done("POST", "keys/claim", claim))["one_time_keys"][alice.user_id]["a/b+c"]


async def test_its_owners_signature_comes_with_it(alice: Person, bob: Person) -> None:
    identity, put_away = Identity(alice), Dehydrated(alice)
    await identity.publishes()
    signed = identity.sign("self_signing", put_away.crypto.device_keys(dehydrated=True))
    await put_away.is_put_away(device_keys=signed)
    assert await devices_of(bob, alice) == {"a/b+c": signed}


async def test_messages_to_it_stay_until_it_is_deleted(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MESSAGES_PER_ANSWER", 2)
    put_away = Dehydrated(alice)
    await put_away.is_put_away()
    for number in range(3):
        await sends(bob, alice, number, "*" if number else put_away.person.device_id)
    for _ in range(2):
        numbers: list[int] = []
        token = None
        while True:
            answer = (await put_away.events(token)).json
            token = answer["next_batch"]
            if not answer["events"]:
                break
            numbers += [event["content"]["number"] for event in answer["events"]]
        assert numbers == [0, 1, 2]
    assert await alice.done("DELETE", DEVICE) == {"device_id": "a/b+c"}
    assert (await put_away.events()).status == 404
    assert (await alice.delete(DEVICE)).status == 404
    assert await devices_of(bob, alice) == {}


async def test_pages_follow_each_other_until_one_has_no_token(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MESSAGES_PER_ANSWER", 2)
    put_away = Dehydrated(alice)
    await put_away.is_put_away()
    for number in range(3):
        await sends(bob, alice, number, put_away.person.device_id)
    events = f"{DEVICE}/{segment(put_away.person.device_id)}/events"
    numbers: list[int] = []
    query: dict[str, object] = {}
    while True:
        page = await alice.done("GET", events, query=query)
        numbers += [event["content"]["number"] for event in page["events"]]
        if "next_batch" not in page:
            break
        query = {"from": page["next_batch"]}
    assert numbers == [0, 1, 2]
    assert (await alice.request("GET", events, query={"from": "nonsense"})).status == 400
    assert (await bob.request("GET", events)).status == 404


async def test_a_new_one_takes_the_place_of_the_former_and_others_are_told(
    alice: Person, bob: Person, a_room: str
) -> None:
    former, new = Dehydrated(alice), Dehydrated(alice, "new")
    await former.is_put_away()
    await sends(bob, alice, 1)
    since = (await bob.syncs())["next_batch"]
    await new.is_put_away()
    assert (await bob.syncs(since))["device_lists"]["changed"] == [alice.user_id]
    assert set(await devices_of(bob, alice)) == {"new"}
    reply = await former.events()
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    assert (await new.events()).json["events"] == []
    again = Dehydrated(alice, "new")
    await sends(bob, alice, 2)
    await again.is_put_away()
    assert (await new.events()).json["events"] == []
    assert (await devices_of(bob, alice))["new"] == again.crypto.device_keys(dehydrated=True)


async def test_it_outlives_its_owners_last_device_and_goes_when_all_are_signed_out(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    await Dehydrated(alice).is_put_away()
    await alice.done("POST", "logout", {})
    assert set(await devices_of(bob, alice)) == {"a/b+c"}
    alice = await homeserver.signs_in_again(alice)
    assert (await alice.get(DEVICE)).status == 200
    await alice.done("POST", "logout/all", {})
    assert await devices_of(bob, alice) == {}
    alice = await homeserver.signs_in_again(alice)
    assert (await alice.get(DEVICE)).status == 404


async def test_it_is_deleted_as_devices_are(homeserver: RunningServer, bob: Person) -> None:
    password = "a password of many words"
    dora = await homeserver.person_with_password("dora", password)
    await Dehydrated(dora).is_put_away()
    identifier = {"type": "m.id.user", "user": dora.user_id}
    auth = {"type": "m.login.password", "identifier": identifier, "password": password}
    await dora.done("DELETE", f"devices/{segment('a/b+c')}", {"auth": auth})
    assert (await dora.get(DEVICE)).status == 404
    assert await devices_of(bob, dora) == {}


async def test_of_many_put_away_at_once_one_is_left(alice: Person, bob: Person) -> None:
    await asyncio.gather(*(Dehydrated(alice, str(number)).is_put_away() for number in range(5)))
    left = (await alice.done("GET", DEVICE))["device_id"]
    assert set(await devices_of(bob, alice)) == {left}


async def test_what_is_no_dehydrated_device_is_refused(alice: Person) -> None:
    put_away, namesake = Dehydrated(alice), Dehydrated(alice, alice.device_id)
    refused: list[tuple[dict[str, Any], str]] = [
        ({}, "M_MISSING_PARAM"),
        (put_away.body(device_data={}), "M_INVALID_PARAM"),
        (put_away.body(device_data=DATA | {"a": "x" * MAX_DEHYDRATED_BYTES}), "M_INVALID_PARAM"),
        (put_away.body(device_id="other"), "M_INVALID_PARAM"),
        (put_away.body(device_id=""), "M_INVALID_PARAM"),
        (put_away.body(device_keys=put_away.crypto.device_keys() | {"more": 1}), "M_INVALID_SIGNATURE"),
        (put_away.body(initial_device_display_name="a\0"), "M_INVALID_PARAM"),
        (namesake.body(), "M_INVALID_PARAM"),
    ]
    for body, errcode in refused:
        reply = await alice.put(DEVICE, body)
        assert (reply.status, reply.errcode) == (400, errcode), body
    assert (await alice.get(DEVICE)).status == 404
    await put_away.is_put_away()
    reply = await put_away.events("nonsense")
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")
