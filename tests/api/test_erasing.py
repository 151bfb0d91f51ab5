"""The end of a room: everybody is out, and nothing of its content is left anywhere."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sottovoce.domains.rooms.model import RoomNotFound
from sottovoce.domains.rooms.service.erasing import STUBS_KEPT_MS, Erasing
from sottovoce.protocol.ids import RoomId
from tests.helpers.clock import FakeClock
from tests.helpers.people import Person, room
from tests.helpers.reachable import texts_in
from tests.helpers.server import RunningServer
from tests.laws.test_redaction_law import everything_in

SECRET = "parola-segreta-4711"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def homeserver(
    tmp_path: Path, new_database: Callable[[], str | None], clock: FakeClock
) -> AsyncIterator[RunningServer]:
    server = RunningServer(tmp_path, clock, database=new_database())
    await server.start()
    yield server
    await server.stop()


def erasing(server: RunningServer) -> Erasing:
    assert server.app.messenger is not None
    return server.app.messenger.erasing


async def a_full_room(alice: Person, bob: Person) -> str:
    """A room with something of every kind in it."""
    room_id = await alice.creates_room(
        name=SECRET, topic=SECRET, invite=[bob.user_id], room_alias_name="casa", preset="public_chat"
    )
    await bob.joins(room_id)
    event_id = await alice.says(room_id, SECRET)
    relation = {"rel_type": "m.thread", "event_id": event_id}
    await bob.sends(room_id, "m.room.message", {"msgtype": "m.text", "body": SECRET, "m.relates_to": relation})
    await bob.sets(room_id, "m.room.member", {"membership": "join", "displayname": SECRET}, bob.user_id)
    await bob.done("POST", room(room_id, "receipt", "m.read", event_id), {})
    await bob.done("POST", f"{room(room_id, 'report', event_id)}", {"reason": SECRET})
    await bob.done("PUT", f"user/{bob.user_id}/{room(room_id, 'account_data', 'it.test')}", {"note": SECRET})
    return room_id


async def stored(server: RunningServer) -> bytes:
    return b"\n".join([rows async for _, rows in everything_in(server.app.base.database)])


async def test_nothing_of_an_erased_room_is_left_and_everybody_is_out(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    room_id = await a_full_room(alice, bob)
    await homeserver.settle()
    assert SECRET.encode() in await stored(homeserver)
    await erasing(homeserver).erase_room(RoomId(room_id))
    assert SECRET.encode() not in await stored(homeserver)
    assert SECRET.encode() not in b"\n".join(texts_in(homeserver.app))
    for person in (alice, bob):
        assert room_id not in (await person.done("GET", "joined_rooms"))["joined_rooms"]
        reply = await person.put(room(room_id, "send", "m.room.message", "1"), {"msgtype": "m.text", "body": "?"})
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    assert (await alice.get("directory/room/%23casa%3Atest")).status == 404
    assert (await alice.post(room(room_id, "join"), {})).status == 403


async def test_a_device_that_was_offline_hears_of_the_end(
    homeserver: RunningServer, alice: Person, bob: Person, carol: Person
) -> None:
    room_id = await a_full_room(alice, bob)
    await alice.invites(room_id, carol)
    since = (await bob.syncs())["next_batch"]
    invited = (await carol.syncs())["next_batch"]
    await alice.says(room_id, SECRET)
    await erasing(homeserver).erase_room(RoomId(room_id))
    for _ in range(2):
        answer = await bob.syncs(since)
        assert room_id in answer["rooms"]["leave"]
        assert SECRET not in str(answer)
        assert room_id not in str((await carol.syncs(invited)).get("rooms", {}).get("invite", {}))
        await homeserver.stop()
        await homeserver.start()
        for person in (bob, carol):
            person.app = homeserver.app.http
    fresh = await bob.syncs(filter='{"room":{"include_leave":true}}')
    assert SECRET not in str(fresh)


async def test_erasing_may_be_repeated(homeserver: RunningServer, alice: Person, bob: Person) -> None:
    room_id = await a_full_room(alice, bob)
    for _ in range(2):
        await erasing(homeserver).erase_room(RoomId(room_id))
    with pytest.raises(RoomNotFound):
        await erasing(homeserver).erase_room(RoomId("!nowhere:test"))
    await alice.says(await alice.creates_room(), "altrove")


async def test_what_is_left_of_a_room_goes_when_every_device_may_have_heard(
    homeserver: RunningServer, alice: Person, bob: Person, clock: FakeClock
) -> None:
    room_id, other = await a_full_room(alice, bob), await alice.creates_room()
    await erasing(homeserver).erase_room(RoomId(room_id))
    await erasing(homeserver).sweep()
    assert room_id.encode() in await stored(homeserver)
    clock.advance(STUBS_KEPT_MS + 1)
    await erasing(homeserver).sweep()
    assert room_id.encode() not in await stored(homeserver)
    with pytest.raises(RoomNotFound):
        await erasing(homeserver).erase_room(RoomId(room_id))
    assert (await bob.syncs()).get("rooms", {}).get("join", {}) == {}
    assert list((await alice.syncs())["rooms"]["join"]) == [other]


async def test_the_public_who_knew_of_it_finds_nothing(homeserver: RunningServer, alice: Person, bob: Person) -> None:
    content = {"history_visibility": "world_readable"}
    room_id = await alice.creates_room(
        initial_state=[{"type": "m.room.history_visibility", "content": content}], preset="public_chat"
    )
    event_id = await alice.says(room_id, SECRET)
    await erasing(homeserver).erase_room(RoomId(room_id))
    assert (await bob.get(room(room_id, "messages"), query={"dir": "b"})).status == 403
    assert (await bob.get(f"events/{event_id}")).status == 404
    assert (await bob.get(f"/_matrix/client/v1/room_summary/{room_id}")).status == 404
    assert (await alice.get(room(room_id, "event", event_id))).status == 404
