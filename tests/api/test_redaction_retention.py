"""What redacted events said, where a server keeps it for its administrators a while; and invitations by e-mail."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.helpers.clock import FakeClock
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer
from tests.laws.test_redaction_law import everything_in

SECRET = "parola-segreta-4711"
HOUR_MS = 3_600_000
WITH_CONTENT = {"fi.mau.msc2815.include_unredacted_content": "true"}
GONE = (404, "FI.MAU.MSC2815_UNREDACTED_CONTENT_DELETED")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def keeper(
    tmp_path: Path, new_database: Callable[[], str | None], clock: FakeClock
) -> AsyncIterator[RunningServer]:
    """A server that keeps what was redacted for two hours."""
    (tmp_path / "keeping").mkdir()
    server = RunningServer(tmp_path / "keeping", clock, database=new_database(), redaction_retention_hours=2)
    await server.start()
    yield server
    await server.stop()


async def an_admin(server: RunningServer, name: str) -> Person:
    return await server.person(name, is_admin=True)


async def a_redacted_event(person: Person) -> tuple[str, str]:
    room_id = await person.creates_room()
    event_id = await person.says(room_id, SECRET)
    for number in range(2):
        await person.done("PUT", room(room_id, "redact", event_id, f"r{number}"), {})
    return room_id, event_id


async def answer(person: Person, room_id: str, event_id: str) -> tuple[int, str | None]:
    reply = await person.get(room(room_id, "event", event_id), query=WITH_CONTENT)
    return reply.status, reply.errcode


async def is_stored(server: RunningServer) -> bool:
    rows = [rows async for _, rows in everything_in(server.app.base.database)]
    return SECRET.encode() in b"\n".join(rows)


async def test_administrators_see_it_until_its_time_is_over(keeper: RunningServer, clock: FakeClock) -> None:
    anna, admin = await keeper.person("anna"), await an_admin(keeper, "root")
    room_id, event_id = await a_redacted_event(anna)
    event = await admin.done("GET", room(room_id, "event", event_id), query=WITH_CONTENT)
    assert (event["content"]["body"], event["sender"]) == (SECRET, anna.user_id)
    assert event["unsigned"]["redacted_because"]["type"] == "m.room.redaction"
    assert (await anna.done("GET", room(room_id, "event", event_id)))["content"] == {}
    assert await answer(anna, room_id, event_id) == (403, "M_FORBIDDEN")
    clock.advance(2 * HOUR_MS)
    assert await answer(admin, room_id, event_id) == GONE
    assert await is_stored(keeper)
    assert keeper.app.messenger is not None
    await keeper.app.messenger.erasing.sweep()
    assert not await is_stored(keeper)


async def test_it_goes_with_its_room(keeper: RunningServer) -> None:
    anna = await keeper.person("anna")
    room_id, _ = await a_redacted_event(anna)
    assert keeper.app.messenger is not None
    await keeper.app.messenger.erasing.erase_room(room_id)  # type: ignore[arg-type]
    assert not await is_stored(keeper)


async def test_a_server_that_keeps_nothing_has_nothing_to_show(homeserver: RunningServer, alice: Person) -> None:
    admin = await an_admin(homeserver, "root")
    room_id, event_id = await a_redacted_event(alice)
    assert not await is_stored(homeserver)
    assert await answer(admin, room_id, event_id) == GONE
    whole = await alice.says(room_id, "intatto")
    event = await admin.done("GET", room(room_id, "event", whole), query=WITH_CONTENT)
    assert event["content"]["body"] == "intatto"
    assert await answer(admin, room_id, "$nothing") == (404, "M_NOT_FOUND")
    assert await answer(admin, "!nowhere:test", whole) == (404, "M_NOT_FOUND")


async def test_nobody_is_invited_by_an_address_that_another_server_would_have_to_know(
    alice: Person, a_room: str
) -> None:
    body = {"id_server": "id.example", "id_access_token": "x", "medium": "email", "address": "bob@example.org"}
    for path, asked in ((room(a_room, "invite"), body), ("createRoom", {"invite_3pid": [body]})):
        reply = await alice.post(path, asked)
        assert (reply.status, reply.errcode) == (403, "M_SERVER_NOT_TRUSTED")
