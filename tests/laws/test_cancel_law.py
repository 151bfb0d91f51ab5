"""A request cancelled at any moment leaves the server whole: what it wrote is there or is not, the same in memory
and in the store, and what comes after it is not disturbed.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.helpers.asgi import Reply
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer

# One write crosses the event loop fewer times than this.
MOMENTS = range(25)


@pytest.fixture
async def server(tmp_path: Path, new_database: Callable[[], str | None]) -> AsyncIterator[RunningServer]:
    server = RunningServer(tmp_path, database=new_database())
    await server.start()
    yield server
    await server.stop()


async def cancelled_after(turns: int, person: Person, path: str, body: object) -> None:
    """Begin this PUT and cancel it after so many turns of the event loop, as a stopping server does."""
    async with asyncio.TaskGroup() as group:
        request: asyncio.Task[Reply] = group.create_task(person.put(path, body))
        for _ in range(turns):
            await asyncio.sleep(0)
        request.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await request


async def as_stored(server: RunningServer, person: Person) -> None:
    """Let the person talk to a server that has only what was stored."""
    await server.stop()
    await server.start()
    person.app = server.app.http


async def test_a_message_cancelled_at_any_moment_is_whole_or_not_there(server: RunningServer) -> None:
    alice = await server.person("alice")
    room_id = await alice.creates_room()
    for moment in MOMENTS:
        path = room(room_id, "send", "m.room.message", f"t{moment}")
        await cancelled_after(moment, alice, path, {"msgtype": "m.text", "body": f"cancelled {moment}"})
        await asyncio.wait_for(alice.says(room_id, f"sent {moment}"), 2)
    in_memory = await alice.reads(room_id)
    assert [text for text in in_memory if text.startswith("sent")] == [f"sent {n}" for n in reversed(MOMENTS)]
    await as_stored(server, alice)
    assert await alice.reads(room_id) == in_memory


async def test_a_cancelled_message_is_sent_once_when_it_is_tried_again(server: RunningServer) -> None:
    alice = await server.person("alice")
    room_id = await alice.creates_room()
    for moment in MOMENTS:
        path, body = room(room_id, "send", "m.room.message", f"t{moment}"), {"msgtype": "m.text", "body": str(moment)}
        await cancelled_after(moment, alice, path, body)
        assert (await asyncio.wait_for(alice.put(path, body), 2)).status == 200
    assert sorted(await alice.reads(room_id)) == sorted(str(moment) for moment in MOMENTS)
    await as_stored(server, alice)
    assert sorted(await alice.reads(room_id)) == sorted(str(moment) for moment in MOMENTS)


async def test_state_cancelled_at_any_moment_is_the_same_in_memory_and_in_the_store(server: RunningServer) -> None:
    alice = await server.person("alice")
    room_id = await alice.creates_room()
    for moment in MOMENTS:
        await cancelled_after(moment, alice, room(room_id, "state", "m.room.name"), {"name": str(moment)})
        await asyncio.wait_for(alice.sets(room_id, "m.room.topic", {"topic": str(moment)}), 2)
    names = await alice.done("GET", room(room_id, "state", "m.room.name"))
    await as_stored(server, alice)
    assert await alice.done("GET", room(room_id, "state", "m.room.name")) == names
