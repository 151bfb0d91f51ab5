"""Who is typing."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sottovoce.domains.presence.model import TYPING_MAX_MS
from tests.helpers.clock import FakeClock
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer


def typing_in(answer: dict[str, Any], room_id: str) -> list[str] | None:
    """Who the answer says is typing; None if it says nothing of it."""
    joined = answer.get("rooms", {}).get("join", {}).get(room_id, {})
    for event in joined.get("ephemeral", {}).get("events", []):
        if event["type"] == "m.typing":
            people: list[str] = event["content"]["user_ids"]
            return people
    return None


async def types(person: Person, room_id: str, **body: object) -> None:
    await person.done("PUT", room(room_id, "typing", person.user_id), {"typing": True} | body)


async def test_others_see_somebody_typing_and_stopping(alice: Person, bob: Person, a_room: str) -> None:
    since = (await alice.syncs())["next_batch"]
    await types(bob, a_room)
    answer = await alice.syncs(since)
    assert typing_in(answer, a_room) == [bob.user_id]
    await types(bob, a_room, typing=False)
    answer = await alice.syncs(answer["next_batch"])
    assert typing_in(answer, a_room) == []
    assert typing_in(await alice.syncs(answer["next_batch"]), a_room) is None


async def test_going_on_typing_is_not_told_again(alice: Person, bob: Person, a_room: str) -> None:
    await types(bob, a_room)
    since = (await alice.syncs())["next_batch"]
    await types(bob, a_room)
    assert typing_in(await alice.syncs(since), a_room) is None


async def test_a_first_sync_tells_who_is_typing_now(alice: Person, bob: Person, a_room: str) -> None:
    await types(bob, a_room)
    assert typing_in(await alice.syncs(), a_room) == [bob.user_id]
    await types(bob, a_room, typing=False)
    assert typing_in(await alice.syncs(), a_room) is None


async def test_sending_ends_typing_in_the_same_answer(alice: Person, bob: Person, a_room: str) -> None:
    await types(bob, a_room)
    since = (await alice.syncs())["next_batch"]
    await bob.says(a_room, "done")
    answer = await alice.syncs(since)
    assert typing_in(answer, a_room) == []
    assert [event["content"]["body"] for event in answer["rooms"]["join"][a_room]["timeline"]["events"]] == ["done"]


async def test_typing_ends_by_itself_when_its_time_is_over(
    tmp_path: Path, new_database: Callable[[], str | None]
) -> None:
    clock = FakeClock()
    server = RunningServer(tmp_path, clock, database=new_database())
    await server.start()
    alice = await server.person("alice")
    room_id = await alice.creates_room()
    await types(alice, room_id, timeout=1_000_000_000)
    messenger = server.app.messenger
    assert messenger is not None
    clock.advance(TYPING_MAX_MS - 1)
    messenger.typing.sweep()
    answer = await alice.syncs()
    assert typing_in(answer, room_id) == [alice.user_id]
    clock.advance(1)
    messenger.typing.sweep()
    assert typing_in(await alice.syncs(answer["next_batch"]), room_id) == []
    await server.stop()


async def test_nobody_types_for_another(alice: Person, bob: Person, a_room: str) -> None:
    reply = await alice.put(room(a_room, "typing", bob.user_id), {"typing": True})
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_nobody_types_in_a_chat_they_are_not_in(carol: Person, a_room: str) -> None:
    reply = await carol.put(room(a_room, "typing", carol.user_id), {"typing": True})
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_whether_one_types_must_be_said(alice: Person, a_room: str) -> None:
    reply = await alice.put(room(a_room, "typing", alice.user_id), {"timeout": 5})
    assert (reply.status, reply.errcode) == (400, "M_MISSING_PARAM")


async def test_typing_can_be_filtered_out(alice: Person, bob: Person, a_room: str) -> None:
    await types(bob, a_room)
    answer = await alice.syncs(filter='{"room": {"ephemeral": {"not_types": ["m.typing"]}}}')
    assert typing_in(answer, a_room) is None


async def test_nobody_is_left_typing_by_a_server_that_stops(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str
) -> None:
    await types(bob, a_room)
    since = (await alice.syncs())["next_batch"]

    async def stops() -> None:
        homeserver.app.close_waits()

    answer, _ = await asyncio.gather(alice.syncs(since, timeout=30_000), stops())
    assert typing_in(answer, a_room) == []
    await homeserver.stop()
    await homeserver.start()
    alice.app = homeserver.app.http
    assert typing_in(await alice.syncs(since), a_room) is None
