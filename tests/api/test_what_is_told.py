"""What syncs tell people who are not in a room any more, or never were; and what a lost answer costs."""

import asyncio
from typing import Any

import msgspec

from tests.helpers.people import Person, room, texts
from tests.helpers.server import RunningServer

LEFT_TOO = '{"room":{"include_leave":true}}'
LAZILY = '{"room":{"state":{"lazy_load_members":true},"timeline":{"limit":1}}}'


def left(answer: Any, room_id: str) -> Any:
    return answer.get("rooms", {}).get("leave", {}).get(room_id)


def is_only_own_membership(part: Any, person: Person) -> bool:
    events = [*part.get("state", {}).get("events", []), *part["timeline"]["events"]]
    return {(event["type"], event.get("state_key")) for event in events} == {("m.room.member", person.user_id)}


async def test_whoever_declined_an_invitation_learns_nothing_of_the_room(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(name="segreto", invite=[bob.user_id])
    await alice.says(room_id, "solo per noi")
    await bob.leaves(room_id)
    assert is_only_own_membership(left(await bob.syncs(filter=LEFT_TOO), room_id), bob)


async def test_whoever_was_banned_without_having_been_in_learns_nothing_of_the_room(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(name="segreto")
    await alice.says(room_id, "solo per noi")
    await alice.done("POST", room(room_id, "ban"), {"user_id": bob.user_id})
    assert is_only_own_membership(left(await bob.syncs(filter=LEFT_TOO), room_id), bob)


async def test_whoever_was_in_a_room_is_shown_it_as_they_left_it(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "ciao")
    await bob.leaves(a_room)
    await alice.says(a_room, "se n'è andato")
    part = left(await bob.syncs(filter=LEFT_TOO), a_room)
    assert texts(part["timeline"]["events"]) == ["ciao"]
    assert any(event["type"] == "m.room.create" for event in [*part["state"]["events"], *part["timeline"]["events"]])


async def test_an_answer_that_was_lost_is_given_again_with_its_members(alice: Person, bob: Person, a_room: str) -> None:
    await alice.sets(a_room, "m.room.name", {"name": "Gita"})  # or it would be called after her
    await bob.says(a_room, "prima")
    since = (await bob.syncs(filter=LAZILY))["next_batch"]
    await alice.says(a_room, "dopo")
    answers = [await bob.syncs(since, filter=LAZILY) for _ in range(2)]
    members = [
        [event["state_key"] for event in answer["rooms"]["join"][a_room]["state"]["events"]] for answer in answers
    ]
    assert members == [[alice.user_id], [alice.user_id]]


async def test_members_that_a_device_was_told_of_are_not_told_again(alice: Person, bob: Person, a_room: str) -> None:
    await alice.sets(a_room, "m.room.name", {"name": "Gita"})  # or it would be called after her
    await bob.says(a_room, "prima")
    since = (await bob.syncs(filter=LAZILY))["next_batch"]
    for text, expected in (("una", [alice.user_id]), ("due", [])):
        await alice.says(a_room, text)
        answer = await bob.syncs(since, filter=LAZILY)
        since = answer["next_batch"]
        state = answer["rooms"]["join"][a_room]["state"]["events"]
        assert [event["state_key"] for event in state] == expected


async def test_a_new_name_brings_nobody_back_into_a_room_they_left(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    rooms = [await alice.creates_room(preset="public_chat") for _ in range(2)]
    for room_id in rooms:
        await bob.joins(room_id)
    service = homeserver.app.messenger
    assert service is not None
    first = await service.rooms.memory.room(rooms[0])  # type: ignore[arg-type]
    assert first is not None
    await first.lock.acquire()  # the first room is busy while bob leaves the second
    await bob.done("PUT", f"profile/{bob.user_id}/displayname", {"displayname": "Roberto"})
    await asyncio.sleep(0)
    await bob.leaves(rooms[1])
    first.lock.release()
    await homeserver.settle()
    assert (await bob.done("GET", "joined_rooms"))["joined_rooms"] == [rooms[0]]
    card = await alice.done("GET", room(rooms[0], "state", "m.room.member", bob.user_id))
    assert card["displayname"] == "Roberto"


async def test_many_new_names_are_followed_by_one_task(homeserver: RunningServer, alice: Person) -> None:
    room_id = await alice.creates_room()
    for number in range(5):
        await alice.done("PUT", f"profile/{alice.user_id}/displayname", {"displayname": f"Alice {number}"})
        following = [task for task in homeserver.app.base.tasks._jobs if task.get_name() == "rooms.follow_profile"]
        assert len(following) <= 1
    await homeserver.settle()
    card = await alice.done("GET", room(room_id, "state", "m.room.member", alice.user_id))
    assert card["displayname"] == "Alice 4"


async def test_a_device_that_is_signed_out_stops_waiting_at_once(homeserver: RunningServer, alice: Person) -> None:
    phone = await homeserver.another_device(alice)
    since = (await phone.syncs())["next_batch"]
    waiting = asyncio.get_running_loop().create_task(
        phone.request("GET", "sync", query={"since": since, "timeout": 30_000})
    )
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await phone.done("POST", "logout")
    reply = await asyncio.wait_for(waiting, 2)
    assert (reply.status, reply.errcode) == (401, "M_UNKNOWN_TOKEN")


async def test_other_devices_go_on_waiting_when_one_is_signed_out(homeserver: RunningServer, alice: Person) -> None:
    phone = await homeserver.another_device(alice)
    since = (await alice.syncs())["next_batch"]
    waiting = asyncio.get_running_loop().create_task(
        alice.request("GET", "sync", query={"since": since, "timeout": 30_000})
    )
    await asyncio.sleep(0.05)
    await phone.done("POST", "logout")
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await alice.creates_room()
    reply = await asyncio.wait_for(waiting, 2)
    assert reply.status == 200
    assert "rooms" in msgspec.json.decode(reply.body)


async def test_of_two_rooms_that_want_the_same_alias_at_once_one_gets_it(alice: Person, bob: Person) -> None:
    wanted = {"room_alias_name": "piazza"}
    replies = await asyncio.gather(alice.post("createRoom", wanted), bob.post("createRoom", wanted))
    assert sorted((reply.status, reply.errcode) for reply in replies) == [(200, None), (400, "M_ROOM_IN_USE")]
