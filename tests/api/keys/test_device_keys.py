"""Publishing keys, asking for them, and claiming them."""

import asyncio
from typing import Any

import pytest

from sottovoce.domains.keys.model import MAX_DEVICE_KEYS_BYTES, MAX_KEY_BYTES, MAX_ONE_TIME_KEYS, MAX_PEOPLE_AT_ONCE
from tests.helpers.crypto import ONE_TIME, Olm
from tests.helpers.people import Person
from tests.helpers.server import RunningServer


async def queries(asker: Person, devices: dict[str, list[str]]) -> Any:
    return await asker.done("POST", "keys/query", {"device_keys": devices})


async def claims(claimer: Person, owner: Person, algorithm: str = ONE_TIME) -> dict[str, Any]:
    body = {"one_time_keys": {owner.user_id: {owner.device_id: algorithm}}}
    found = (await claimer.done("POST", "keys/claim", body))["one_time_keys"]
    keys: dict[str, Any] = found.get(owner.user_id, {}).get(owner.device_id, {})
    return keys


async def uploads(person: Person, **body: object) -> tuple[int, str | None]:
    reply = await person.post("keys/upload", body)
    return reply.status, reply.errcode


async def test_device_keys_are_shown_as_they_were_signed_with_the_devices_name(alice: Person, bob: Person) -> None:
    crypto = Olm(alice)
    await alice.done("PUT", f"devices/{alice.device_id}", {"display_name": "Phone"})
    await crypto.publishes()
    keys = crypto.device_keys()
    shown = {**keys, "unsigned": {"device_display_name": "Phone"}}
    for asker in (alice, bob):
        found = await queries(asker, {alice.user_id: []})
        assert found["device_keys"] == {alice.user_id: {alice.device_id: shown}}
        assert found["failures"] == {}


async def test_devices_may_be_asked_for_one_by_one(homeserver: RunningServer, alice: Person, bob: Person) -> None:
    laptop = await homeserver.another_device(alice)
    for each in (alice, laptop):
        await Olm(each).publishes()
    found = await queries(bob, {alice.user_id: [laptop.device_id, "NOTHING"]})
    assert set(found["device_keys"][alice.user_id]) == {laptop.device_id}


async def test_nobody_learns_who_exists_by_asking_for_keys(alice: Person, bob: Person) -> None:
    found = await queries(alice, {bob.user_id: [], "@nobody:test": [], "@a\0:test": [], "nonsense": []})
    assert found["device_keys"] == {bob.user_id: {}, "@nobody:test": {}}


async def test_servers_that_cannot_be_asked_are_named(alice: Person) -> None:
    found = await queries(alice, {"@bob:elsewhere": []})
    assert (found["device_keys"], set(found["failures"])) == ({}, {"elsewhere"})
    body = {"one_time_keys": {"@bob:elsewhere": {"DEVICE": ONE_TIME}}}
    claimed = await alice.done("POST", "keys/claim", body)
    assert (claimed["one_time_keys"], set(claimed["failures"])) == ({}, {"elsewhere"})


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"user_id": "@bob:test"}, "M_INVALID_PARAM"),
        ({"device_id": "OTHER"}, "M_INVALID_PARAM"),
        ({"algorithms": "m.olm"}, "M_INVALID_PARAM"),
        ({"algorithms": [1]}, "M_INVALID_PARAM"),
        ({"keys": []}, "M_INVALID_PARAM"),
        ({"keys": {}}, "M_INVALID_PARAM"),
        ({"keys": {"ed25519:OTHER": "key"}}, "M_INVALID_PARAM"),
        ({"signatures": {}}, "M_INVALID_SIGNATURE"),
        ({"signatures": []}, "M_INVALID_SIGNATURE"),
        ({"more": "text"}, "M_INVALID_SIGNATURE"),
        ({"more": 0.5}, "M_INVALID_SIGNATURE"),
    ],
)
async def test_device_keys_that_are_not_the_devices_own_are_refused(
    alice: Person, change: dict[str, Any], errcode: str
) -> None:
    keys = Olm(alice).device_keys() | change
    assert await uploads(alice, device_keys=keys) == (400, errcode)
    assert (await queries(alice, {alice.user_id: []}))["device_keys"] == {alice.user_id: {}}


async def test_keys_that_are_too_large_or_too_many_are_refused(alice: Person) -> None:
    crypto = Olm(alice)
    large = crypto.device_keys(more="x" * MAX_DEVICE_KEYS_BYTES)
    assert await uploads(alice, device_keys=large) == (400, "M_INVALID_PARAM")
    assert await uploads(alice, one_time_keys={"a:b": "x" * MAX_KEY_BYTES}) == (400, "M_INVALID_PARAM")
    some = {f"a:{number}": "key" for number in range(MAX_ONE_TIME_KEYS)}
    assert (await uploads(alice, one_time_keys=some))[0] == 200
    assert await uploads(alice, one_time_keys={"a:one more": "key"}) == (400, "M_INVALID_PARAM")
    assert await uploads(alice, fallback_keys={"a:1": "key", "a:2": "key"}) == (400, "M_INVALID_PARAM")
    people: dict[str, Any] = {f"@{number}:test": [] for number in range(MAX_PEOPLE_AT_ONCE + 1)}
    reply = await alice.post("keys/query", {"device_keys": people})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


@pytest.mark.parametrize("name", ["no colon", ":key", "algorithm:", "a:b\0", "a:" + "b" * 255])
async def test_one_time_keys_of_strange_names_are_refused(alice: Person, name: str) -> None:
    for kind in ("one_time_keys", "fallback_keys"):
        assert await uploads(alice, **{kind: {name: "key"}}) == (400, "M_INVALID_PARAM")


@pytest.mark.parametrize("key", [None, 1, [], {}, {"key": 1}])
async def test_one_time_keys_of_strange_forms_are_refused(alice: Person, key: object) -> None:
    assert await uploads(alice, one_time_keys={"a:b": key}) == (400, "M_INVALID_PARAM")


async def test_keys_are_claimed_in_the_order_in_which_they_were_given(alice: Person, bob: Person) -> None:
    crypto = Olm(alice)
    first, second = crypto.one_time_keys(1), crypto.one_time_keys(1)
    await crypto.publishes(one_time_keys=second)
    assert await crypto.publishes(one_time_keys=first) == {ONE_TIME: 2}
    assert [await claims(bob, alice) for _ in range(3)] == [second, first, {}]


async def test_of_many_claiming_at_once_each_gets_another_key(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    crypto = Olm(alice)
    await crypto.publishes(one_time_keys=crypto.one_time_keys(20))
    claimed = await asyncio.gather(*(claims(bob, alice) for _ in range(25)))
    names = [name for keys in claimed for name in keys]
    assert len(names) == len(set(names)) == 20
    await homeserver.stop()
    await homeserver.start()
    bob.app = homeserver.app.http
    assert await claims(bob, alice) == {}


async def test_a_claim_that_was_cancelled_gives_its_key_to_at_most_one(alice: Person, bob: Person) -> None:
    crypto = Olm(alice)
    await crypto.publishes(one_time_keys=crypto.one_time_keys(20))
    names: list[str] = []
    for turns in range(12):
        request = asyncio.ensure_future(claims(bob, alice))  # noqa: TID251 - a test cancels its own request
        for _ in range(turns):
            await asyncio.sleep(0)
        request.cancel()
        names += await claims(bob, alice)
        names += [] if request.cancelled() else request.result()
    assert len(names) == len(set(names))


async def test_where_no_key_is_left_the_fallback_key_is_given_again_and_again(alice: Person, bob: Person) -> None:
    crypto = Olm(alice)
    one, fallback = crypto.one_time_keys(1), crypto.fallback_key()
    await crypto.publishes(one_time_keys=one, fallback_keys=fallback)
    answer = await alice.syncs()
    assert answer["device_unused_fallback_key_types"] == [ONE_TIME]
    assert [await claims(bob, alice) for _ in range(3)] == [one, fallback, fallback]
    answer = await alice.syncs(answer["next_batch"])
    assert answer["device_unused_fallback_key_types"] == []
    await crypto.publishes(fallback_keys=fallback)
    assert (await alice.syncs())["device_unused_fallback_key_types"] == []
    await crypto.publishes(fallback_keys=crypto.fallback_key())
    assert (await alice.syncs())["device_unused_fallback_key_types"] == [ONE_TIME]


async def test_a_key_of_another_content_under_the_same_name_is_refused_and_the_same_one_is_not(alice: Person) -> None:
    crypto = Olm(alice)
    keys = crypto.one_time_keys(2)
    assert await crypto.publishes(one_time_keys=keys) == {ONE_TIME: 2}
    assert await crypto.publishes(one_time_keys=keys) == {ONE_TIME: 2}
    name, other = next(iter(keys)), crypto.signed({"key": "another"})
    reply = await alice.post("keys/upload", {"one_time_keys": {name: other}})
    assert (reply.status, reply.errcode) == (400, "M_UNKNOWN")
    assert reply.json["error"].startswith(f"One time key {name} already exists")


async def test_a_device_that_comes_with_another_identity_has_none_of_the_former_keys(
    alice: Person, bob: Person
) -> None:
    former, new = Olm(alice), Olm(alice)
    keys = former.one_time_keys(2)
    await former.publishes(one_time_keys=keys, fallback_keys=former.fallback_key())
    counts = await new.publishes(one_time_keys=dict.fromkeys(keys, new.signed({"key": "new"})))
    assert counts == {ONE_TIME: 2}
    assert (await alice.syncs())["device_unused_fallback_key_types"] == []
    found = await queries(bob, {alice.user_id: []})
    assert found["device_keys"][alice.user_id][alice.device_id] == new.device_keys()


async def test_every_answer_says_how_many_keys_are_left(alice: Person, bob: Person) -> None:
    crypto = Olm(alice)
    await crypto.publishes(one_time_keys=crypto.one_time_keys(3), fallback_keys=crypto.fallback_key())
    answer = await alice.syncs()
    assert answer["device_one_time_keys_count"] == {ONE_TIME: 3}
    await alice.creates_room()
    answer = await alice.syncs(answer["next_batch"])
    assert answer["device_one_time_keys_count"] == {ONE_TIME: 3}
    answer = await alice.syncs(answer["next_batch"])
    assert answer["device_one_time_keys_count"] == {ONE_TIME: 3}
    assert answer["device_unused_fallback_key_types"] == [ONE_TIME]
    assert (await bob.syncs())["device_unused_fallback_key_types"] == []


async def test_a_device_is_told_at_once_that_a_key_was_taken_and_its_sisters_are_not(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    laptop = await homeserver.another_device(alice)
    crypto = Olm(alice)
    await crypto.publishes(one_time_keys=crypto.one_time_keys(2))
    since, other_since = (await alice.syncs())["next_batch"], (await laptop.syncs())["next_batch"]
    async with asyncio.timeout(5):
        answer, _ = await asyncio.gather(alice.syncs(since, timeout=60_000), claims(bob, alice))
    assert answer["device_one_time_keys_count"] == {ONE_TIME: 1}
    async with asyncio.timeout(5):
        answer = await laptop.syncs(other_since, timeout=50)
    assert "device_one_time_keys_count" not in answer


async def test_nothing_is_left_of_a_device_that_was_signed_out(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    crypto = Olm(alice)
    await crypto.publishes(one_time_keys=crypto.one_time_keys(2), fallback_keys=crypto.fallback_key())
    await alice.done("POST", "logout", {})
    assert (await queries(bob, {alice.user_id: []}))["device_keys"] == {alice.user_id: {}}
    assert await claims(bob, alice) == {}
    alice = await homeserver.signs_in_again(alice)
    assert (await alice.syncs())["device_unused_fallback_key_types"] == []
    assert await uploads(alice) == (200, None)


async def test_claims_of_nothing_find_nothing(alice: Person, bob: Person) -> None:
    await Olm(alice).publishes()
    strange = {"one_time_keys": {alice.user_id: {"A\0": "b", "B": "c\0", alice.device_id: "x"}, "nonsense": {"a": "b"}}}
    assert await bob.done("POST", "keys/claim", strange) == {"one_time_keys": {}, "failures": {}}
    refused: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("keys/claim", {}, "M_MISSING_PARAM"),
        ("keys/query", {}, "M_MISSING_PARAM"),
        ("keys/claim", {"one_time_keys": {"@a:test": []}}, "M_BAD_JSON"),
        ("keys/query", {"device_keys": {"@a:test": 1}}, "M_BAD_JSON"),
    )
    for path, body, errcode in refused:
        reply = await bob.post(path, body)
        assert (reply.status, reply.errcode) == (400, errcode)
