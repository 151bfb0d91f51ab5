"""What a sliding sync tells beside rooms. Spec: MSC4508, MSC4538, MSC3959, MSC3960."""

import asyncio
from typing import Any

import pytest

from tests.helpers.crypto import Olm
from tests.helpers.people import Person, room, texts
from tests.helpers.server import RunningServer
from tests.helpers.sliding_client import SlidingClient, a_list

LONG_MS = 20_000
NO_TIME_S = 2
EVERYTHING = {"all": a_list()}


def following(person: Person, *extensions: str, **scope: object) -> SlidingClient:
    """A client with one list of everything and these extensions."""
    asked = {name: {"enabled": True} | scope for name in extensions}
    return SlidingClient(person, lists=EVERYTHING, extensions=asked)


async def keeps(person: Person, kind: str, content: dict[str, Any], room_id: str | None = None) -> None:
    """The person's client keeps something on the server."""
    about = "account_data" if room_id is None else room(room_id, "account_data")
    await person.done("PUT", f"user/{person.user_id}/{about}/{kind}", content)


async def reads_up_to(person: Person, room_id: str, event_id: str, kind: str = "m.read") -> None:
    await person.done("POST", room(room_id, "receipt", kind, event_id), {})


async def types(person: Person, room_id: str, is_typing: bool) -> None:
    body = {"typing": is_typing, "timeout": 30_000}
    await person.done("PUT", room(room_id, "typing", person.user_id), body)


async def sends_to_device(sender: Person, receiver: Person, *numbers: int) -> None:
    for number in numbers:
        messages = {receiver.user_id: {receiver.device_id: {"number": number}}}
        await sender.done("PUT", f"sendToDevice/it.test/{sender.user_id}{number}", {"messages": messages})


def numbers(client: SlidingClient) -> list[int]:
    return [message["content"]["number"] for message in client.messages]


async def test_what_is_not_enabled_or_not_known_is_not_told(alice: Person, a_room: str) -> None:
    await keeps(alice, "it.test", {"n": 1})
    asked = {"account_data": {"enabled": False}, "typing": {}, "it.unknown": {"enabled": True}, "x": 7}
    answer = await SlidingClient(alice, lists=EVERYTHING, extensions=asked).sync()
    assert answer["extensions"] == {}


# Account data


async def test_account_data_is_told_whole_and_then_as_it_changes(alice: Person, a_room: str) -> None:
    await keeps(alice, "it.test", {"n": 1})
    await keeps(alice, "it.test", {"n": 2}, a_room)
    client = following(alice, "account_data")
    await client.sync()
    assert client.account_data["it.test"] == {"n": 1}
    assert "m.push_rules" in client.account_data
    assert client.room_account_data == {a_room: {"it.test": {"n": 2}}}
    assert (await client.sync())["extensions"] == {}
    await keeps(alice, "it.test", {"n": 3}, a_room)
    answer = await client.sync()
    assert answer["rooms"] == {}
    told = {"global": [], "rooms": {a_room: [{"type": "it.test", "content": {"n": 3}}]}}
    assert answer["extensions"] == {"account_data": told}
    await keeps(alice, "it.test", {"n": 4})
    await client.sync()
    assert client.account_data["it.test"] == {"n": 4}


async def test_account_data_is_of_the_rooms_in_scope(alice: Person) -> None:
    old, new = [await alice.creates_room() for _ in range(2)]
    for room_id in (old, new):
        await keeps(alice, "it.test", {"n": 1}, room_id)
    window, subscribed = {"all": a_list(0, 0)}, {old: {"timeline_limit": 1, "required_state": {}}}

    async def told(**scope: object) -> set[str]:
        extensions = {"account_data": {"enabled": True} | scope}
        client = SlidingClient(alice, lists=window, room_subscriptions=subscribed, extensions=extensions)
        await client.sync()
        return set(client.room_account_data)

    assert await told() == {old, new}
    assert await told(lists=[]) == {old}
    assert await told(rooms=[]) == {new}
    assert await told(lists=["other"], rooms=["!other:test"]) == set()
    assert await told(lists=["all"], rooms=[old]) == {old, new}


async def test_account_data_of_a_room_that_comes_into_the_window_is_told_whole(alice: Person) -> None:
    old, new = [await alice.creates_room() for _ in range(2)]
    await keeps(alice, "it.test", {"n": 1}, old)
    client = SlidingClient(alice, extensions={"account_data": {"enabled": True}})
    await client.sync(lists={"all": a_list(0, 0)})
    assert client.room_account_data == {}
    await keeps(alice, "it.test", {"n": 2}, old)
    await client.sync(lists={"all": a_list(0, 1)})
    assert client.room_account_data == {old: {"it.test": {"n": 2}}}
    assert new in client.rooms


async def test_account_data_of_rooms_one_is_not_in_is_not_told(alice: Person, bob: Person, a_room: str) -> None:
    await keeps(bob, "it.test", {"n": 1}, a_room)
    await alice.done("POST", room(a_room, "kick"), {"user_id": bob.user_id})
    client = following(bob, "account_data")
    await client.sync()
    assert client.room_account_data == {}


# Receipts


async def test_receipts_are_told_for_the_timeline_and_ones_own(alice: Person, bob: Person, a_room: str) -> None:
    events = [await alice.says(a_room, str(number)) for number in range(4)]
    await reads_up_to(alice, a_room, events[0], "m.read.private")
    await reads_up_to(bob, a_room, events[1])
    extensions = {"receipts": {"enabled": True}}
    client = SlidingClient(alice, lists={"all": a_list(timeline_limit=2)}, extensions=extensions)
    await client.sync()
    assert client.receipts == {a_room: {("m.read.private", alice.user_id): events[0]}}
    await reads_up_to(bob, a_room, events[3])
    await client.sync()
    assert client.receipts[a_room]["m.read", bob.user_id] == events[3]
    assert (await client.sync())["extensions"] == {}


async def test_receipts_come_with_a_larger_timeline(alice: Person, bob: Person, a_room: str) -> None:
    events = [await alice.says(a_room, str(number)) for number in range(4)]
    await reads_up_to(bob, a_room, events[1])
    client = SlidingClient(alice, extensions={"receipts": {"enabled": True}})
    await client.sync(lists={"all": a_list(timeline_limit=1)})
    assert client.receipts == {}
    await client.sync(lists={"all": a_list(timeline_limit=3)})
    assert client.receipts == {a_room: {("m.read", bob.user_id): events[1]}}


async def test_private_receipts_of_others_are_not_told(alice: Person, bob: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "ciao")
    client = following(alice, "receipts")
    await client.sync()
    await reads_up_to(bob, a_room, event_id, "m.read.private")
    await client.sync()
    assert client.receipts == {}


async def test_receipts_of_several_threads_are_one_event(alice: Person, bob: Person, a_room: str) -> None:
    root = await alice.says(a_room, "ciao")
    relation = {"rel_type": "m.thread", "event_id": root}
    content = {"msgtype": "m.text", "body": "re", "m.relates_to": relation}
    reply = await alice.sends(a_room, "m.room.message", content)
    await bob.done("POST", room(a_room, "receipt", "m.read", root), {"thread_id": "main"})
    await bob.done("POST", room(a_room, "receipt", "m.read", reply), {"thread_id": root})
    answer = await following(alice, "receipts").sync()
    content = answer["extensions"]["receipts"]["rooms"][a_room]["content"]
    assert content[root]["m.read"][bob.user_id]["thread_id"] == "main"
    assert content[reply]["m.read"][bob.user_id]["thread_id"] == root


# Typing


async def test_typing_is_told_as_it_begins_and_ends(alice: Person, bob: Person, a_room: str) -> None:
    client = following(alice, "typing")
    assert (await client.sync())["extensions"] == {}
    await types(bob, a_room, True)
    answer = await client.sync(timeout=LONG_MS)
    event = {"type": "m.typing", "content": {"user_ids": [bob.user_id]}}
    assert answer["extensions"] == {"typing": {"rooms": {a_room: event}}}
    assert answer["rooms"] == {}
    await types(bob, a_room, False)
    await client.sync()
    assert client.typing == {a_room: []}


async def test_typing_in_a_room_that_comes_into_scope_is_told(alice: Person, bob: Person, a_room: str) -> None:
    await types(bob, a_room, True)
    client = SlidingClient(alice, extensions={"typing": {"enabled": True}})
    await client.sync()
    assert client.typing == {}
    await client.sync(lists=EVERYTHING)
    assert client.typing == {a_room: [bob.user_id]}


async def test_typing_is_not_told_to_who_was_sent_away(alice: Person, bob: Person, a_room: str) -> None:
    client = following(bob, "typing")
    await client.sync()
    await alice.done("POST", room(a_room, "kick"), {"user_id": bob.user_id})
    await types(alice, a_room, True)
    assert (await client.sync())["extensions"] == {}


# Messages to the device


async def test_messages_to_the_device_wait_until_they_are_acknowledged(alice: Person, bob: Person) -> None:
    await sends_to_device(alice, bob, 1, 2, 3)
    client = following(bob, "to_device", limit=2)
    lost = (await client.asks()).json["extensions"]["to_device"]
    assert len(lost["events"]) == 2
    await client.sync()
    await client.sync(timeout=LONG_MS)
    assert numbers(client) == [1, 2, 3]
    assert (await client.sync())["extensions"] == {}
    client.pos = None
    await client.sync()
    assert numbers(client) == [1, 2, 3], "another connection goes on from the same token"
    fresh = following(bob, "to_device")
    await fresh.sync()
    assert numbers(fresh) == [], "what was acknowledged is gone"


async def test_a_message_to_the_device_wakes_it(alice: Person, bob: Person) -> None:
    client = following(bob, "to_device")
    await client.sync()
    async with asyncio.timeout(NO_TIME_S), asyncio.TaskGroup() as group:
        group.create_task(client.sync(timeout=LONG_MS))
        await asyncio.sleep(0.02)
        await sends_to_device(alice, bob, 1)
    assert numbers(client) == [1]


async def test_messages_to_the_device_are_not_lost_over_a_restart(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    await sends_to_device(alice, bob, 1, 2)
    client = following(bob, "to_device", limit=1)
    await client.sync()
    await homeserver.stop()
    await homeserver.start()
    bob.app, client.pos = homeserver.app.http, None
    await client.sync()
    assert numbers(client) == [1, 2]


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": -1}, {"limit": "x"}, {"since": "no"}, {"since": 7}])
async def test_messages_asked_for_wrongly_are_refused(alice: Person, asked: dict[str, object]) -> None:
    reply = await following(alice, "to_device", **asked).asks()
    assert (reply.status, reply.json["errcode"]) == (400, "M_INVALID_PARAM")


async def test_a_token_of_another_device_is_refused(homeserver: RunningServer, alice: Person, bob: Person) -> None:
    laptop = await homeserver.another_device(bob)
    await sends_to_device(alice, bob, 1)
    client = following(bob, "to_device")
    await client.sync()
    reply = await following(laptop, "to_device", since=client.to_device_since).asks()
    assert (reply.status, reply.json["errcode"]) == (400, "M_INVALID_PARAM")


@pytest.mark.parametrize("name", ["org.matrix.msc4538.to_device", "org.matrix.msc4508.typing"])
async def test_an_extension_is_answered_under_the_name_it_was_asked_for(
    alice: Person, bob: Person, a_room: str, name: str
) -> None:
    await sends_to_device(alice, bob, 1)
    await types(alice, a_room, True)
    answer = await following(bob, name).sync()
    assert set(answer["extensions"]) == {name}


async def test_an_extension_enabled_later_tells_everything(alice: Person, a_room: str) -> None:
    await keeps(alice, "it.test", {"n": 1})
    client = SlidingClient(alice, lists=EVERYTHING)
    assert texts((await client.sync())["rooms"][a_room]["timeline"]) == []
    await client.sync(extensions={"account_data": {"enabled": True}})
    assert client.account_data["it.test"] == {"n": 1}


# Keys


async def test_key_counts_are_told_at_first_and_when_they_change(alice: Person, bob: Person) -> None:
    crypto = Olm(alice)
    await crypto.publishes(one_time_keys=crypto.one_time_keys(2))
    client = following(alice, "e2ee")
    told = (await client.sync())["extensions"]["e2ee"]
    assert told["device_one_time_keys_count"]["signed_curve25519"] == 2
    assert told["device_unused_fallback_key_types"] == []
    assert "device_lists" not in told
    assert (await client.sync())["extensions"] == {}
    claim = {"one_time_keys": {alice.user_id: {alice.device_id: "signed_curve25519"}}}
    await bob.done("POST", "keys/claim", claim)
    lost = (await client.asks()).json["extensions"]["e2ee"]
    assert lost["device_one_time_keys_count"]["signed_curve25519"] == 1
    assert (await client.sync())["extensions"]["e2ee"]["device_one_time_keys_count"]["signed_curve25519"] == 1
    await bob.done("POST", "keys/claim", claim)
    assert (await client.sync())["extensions"]["e2ee"]["device_one_time_keys_count"]["signed_curve25519"] == 0


async def test_whose_devices_changed_is_told_at_once_and_again_if_it_was_lost(
    alice: Person, bob: Person, a_room: str
) -> None:
    client = following(alice, "e2ee")
    await client.sync()
    async with asyncio.timeout(NO_TIME_S), asyncio.TaskGroup() as group:
        lost = group.create_task(client.asks(timeout=LONG_MS))
        await asyncio.sleep(0.02)
        await Olm(bob).publishes()
    for answer in (lost.result().json, await client.sync()):
        assert answer["extensions"]["e2ee"]["device_lists"] == {"changed": [bob.user_id], "left": []}
    await bob.leaves(a_room)
    assert (await client.sync())["extensions"]["e2ee"]["device_lists"] == {"changed": [], "left": [bob.user_id]}
    assert (await client.sync())["extensions"] == {}


async def test_enabled_again_the_section_is_there_again(alice: Person) -> None:
    client = following(alice, "e2ee")
    await client.sync()
    await client.sync(extensions={})
    assert "e2ee" in (await client.sync())["extensions"]


async def test_a_position_is_good_for_asking_whose_keys_changed(alice: Person, bob: Person, a_room: str) -> None:
    client = following(alice, "e2ee")
    start = (await client.sync())["pos"]
    await Olm(bob).publishes()
    end = (await client.sync())["pos"]
    changes = await alice.done("GET", "keys/changes", query={"from": start, "to": end})
    assert changes == {"changed": [bob.user_id], "left": []}
