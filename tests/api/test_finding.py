"""Events by their time, rooms by the people in them."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from sottovoce.domains.rooms.service import finding
from tests.helpers.clock import FakeClock
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer

DAY_MS = 86_400_000
MUTUAL = "/_matrix/client/v1/mutual_rooms"


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


async def at(person: Person, room_id: str, at_ms: int, direction: str) -> Any:
    path = f"/_matrix/client/v1/{room(room_id, 'timestamp_to_event')}"
    return await person.get(path, query={"ts": at_ms, "dir": direction})


async def test_the_closest_event_on_either_side_of_a_time(alice: Person, a_room: str, clock: FakeClock) -> None:
    days = []
    for day in range(12):
        clock.advance(DAY_MS)
        days.append((clock.now_ms(), await alice.says(a_room, str(day))))
        await alice.says(a_room, "altro")
    for number, (at_ms, event_id) in enumerate(days):
        assert (await at(alice, a_room, at_ms, "f")).json == {"event_id": event_id, "origin_server_ts": at_ms}
        assert (await at(alice, a_room, at_ms - 5, "f")).json["event_id"] == event_id
        before = (await at(alice, a_room, at_ms - 5, "b")).json
        assert before["origin_server_ts"] <= at_ms - DAY_MS
        if number:
            assert before["origin_server_ts"] == days[number - 1][0]
    assert (await at(alice, a_room, clock.now_ms() + 1, "f")).errcode == "M_NOT_FOUND"
    assert (await at(alice, a_room, 0, "b")).errcode == "M_NOT_FOUND"
    assert (await at(alice, a_room, 0, "f")).status == 200


async def test_only_events_one_may_see_are_found(alice: Person, bob: Person, clock: FakeClock) -> None:
    content = {"history_visibility": "joined"}
    room_id = await alice.creates_room(
        initial_state=[{"type": "m.room.history_visibility", "content": content}], preset="public_chat"
    )
    clock.advance(DAY_MS)
    hidden_ms = clock.now_ms()
    await alice.says(room_id, "prima")
    clock.advance(DAY_MS)
    assert (await at(bob, room_id, hidden_ms, "f")).status == 403
    await bob.joins(room_id)
    found = (await at(bob, room_id, hidden_ms, "f")).json
    assert found["origin_server_ts"] == clock.now_ms()
    assert (await at(bob, room_id, hidden_ms, "b")).json["origin_server_ts"] < hidden_ms


@pytest.mark.parametrize(
    ("query", "errcode"),
    [
        ({}, "M_MISSING_PARAM"),
        ({"ts": 5}, "M_MISSING_PARAM"),
        ({"dir": "f"}, "M_MISSING_PARAM"),
        ({"ts": "today", "dir": "f"}, "M_INVALID_PARAM"),
        ({"ts": 5, "dir": "x"}, "M_INVALID_PARAM"),
    ],
)
async def test_a_time_asked_for_wrongly_is_refused(
    alice: Person, a_room: str, query: dict[str, object], errcode: str
) -> None:
    reply = await alice.get(f"/_matrix/client/v1/{room(a_room, 'timestamp_to_event')}", query=query)
    assert (reply.status, reply.errcode) == (400, errcode)


async def test_the_rooms_two_people_are_both_in(
    alice: Person, bob: Person, carol: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = [await alice.creates_room(invite=[bob.user_id]) for _ in range(5)]
    for room_id in rooms[:3]:
        await bob.joins(room_id)
    shared = sorted(rooms[:3])
    assert await alice.done("GET", MUTUAL, query={"user_id": bob.user_id}) == {"joined": shared, "count": 3}
    unstable = "/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms"
    assert (await bob.done("GET", unstable, query={"user_id": alice.user_id}))["joined"] == shared
    for stranger in (carol.user_id, "@nobody:test", "@far:elsewhere"):
        assert await alice.done("GET", MUTUAL, query={"user_id": stranger}) == {"joined": [], "count": 0}
    monkeypatch.setattr(finding, "MAX_MUTUAL_ROOMS", 2)
    first = await alice.done("GET", MUTUAL, query={"user_id": bob.user_id})
    rest = await alice.done("GET", MUTUAL, query={"user_id": bob.user_id, "from": first["next_batch"]})
    assert (first["joined"] + rest["joined"], first["count"], "next_batch" in rest) == (shared, 3, False)


@pytest.mark.parametrize(
    ("query", "errcode"),
    [
        ({}, "M_MISSING_PARAM"),
        ({"user_id": "bob"}, "M_INVALID_PARAM"),
        ({"user_id": "@alice:test"}, "M_INVALID_PARAM"),
        ({"user_id": "@bob:test", "from": "nonsense"}, "M_INVALID_PARAM"),
    ],
)
async def test_mutual_rooms_asked_for_wrongly_are_refused(
    alice: Person, query: dict[str, object], errcode: str
) -> None:
    reply = await alice.get(MUTUAL, query=query)
    assert (reply.status, reply.errcode) == (400, errcode)
