"""The present and the news, as they were asked for before /sync; and previews of rooms."""

import asyncio

import pytest

from tests.helpers.people import Person, room, texts

FORBIDDEN = (403, "M_FORBIDDEN")


async def refused(person: Person, path: str, **query: object) -> tuple[int, str | None]:
    reply = await person.get(path, query=query)
    return reply.status, reply.errcode


async def a_window(alice: Person) -> str:
    """A room that everybody may read."""
    content = {"history_visibility": "world_readable"}
    return await alice.creates_room(initial_state=[{"type": "m.room.history_visibility", "content": content}])


async def test_a_room_as_it_is_now(alice: Person, a_room: str) -> None:
    for number in range(12):
        await alice.says(a_room, str(number))
    await alice.done("PUT", f"user/{alice.user_id}/{room(a_room, 'account_data', 'it.test')}", {"a": 1})
    answer = await alice.done("GET", room(a_room, "initialSync"), query={"limit": 3})
    assert (answer["room_id"], answer["membership"], answer["visibility"]) == (a_room, "join", "private")
    assert texts(answer["messages"]["chunk"]) == ["9", "10", "11"]
    assert answer["account_data"] == [{"type": "it.test", "content": {"a": 1}}]
    assert {event["type"] for event in answer["state"]} >= {"m.room.create", "m.room.member"}
    older = await alice.reads(a_room, limit=2, **{"from": answer["messages"]["start"]})
    assert older == ["8", "7"]


async def test_a_room_as_it_was_when_one_left(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    await alice.says(a_room, "prima")
    await bob.leaves(a_room)
    await alice.says(a_room, "dopo")
    answer = await bob.done("GET", room(a_room, "initialSync"))
    assert (answer["membership"], texts(answer["messages"]["chunk"])) == ("leave", ["prima"])
    assert await refused(carol, room(a_room, "initialSync")) == FORBIDDEN


async def test_everything_at_once(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "ciao")
    invited = await alice.creates_room(invite=[bob.user_id])
    left = await alice.creates_room(invite=[bob.user_id])
    await bob.joins(left)
    await bob.leaves(left)
    await bob.done("PUT", f"user/{bob.user_id}/account_data/it.test", {"a": 1})
    answer = await bob.done("GET", "initialSync", query={"limit": 1})
    rooms = {each["room_id"]: each for each in answer["rooms"]}
    assert {room_id: each["membership"] for room_id, each in rooms.items()} == {a_room: "join", invited: "invite"}
    (event,) = rooms[a_room]["messages"]["chunk"]
    assert (event["content"]["body"], event["room_id"]) == ("ciao", a_room)
    assert {"type": "it.test", "content": {"a": 1}} in answer["account_data"]
    archived = await bob.done("GET", "initialSync", query={"archived": "true"})
    assert left in {each["room_id"] for each in archived["rooms"] if each["membership"] == "leave"}


async def test_news_come_at_once_or_when_there_are_some(alice: Person, bob: Person, a_room: str) -> None:
    end = (await bob.done("GET", "initialSync"))["end"]
    nothing = await bob.done("GET", "events", query={"from": end})
    assert (nothing["start"], nothing["chunk"]) == (end, [])
    await alice.says(a_room, "uno")
    answer = await bob.done("GET", "events", query={"from": end})
    assert texts(answer["chunk"]) == ["uno"]
    assert answer["chunk"][0]["room_id"] == a_room
    waiting = asyncio.ensure_future(bob.done("GET", "events", query={"from": answer["end"], "timeout": 20_000}))  # noqa: TID251
    await asyncio.sleep(0)
    await alice.says(a_room, "due")
    assert texts((await asyncio.wait_for(waiting, 5))["chunk"]) == ["due"]


async def test_whoever_is_not_in_a_room_that_all_may_read_follows_it(alice: Person, carol: Person) -> None:
    room_id = await a_window(alice)
    await alice.says(room_id, "zero")
    shown = await carol.done("GET", room(room_id, "initialSync"))
    assert (shown["membership"], texts(shown["messages"]["chunk"])) == ("leave", ["zero"])
    query = {"from": shown["messages"]["end"], "room_id": room_id, "timeout": 20_000}
    waiting = asyncio.ensure_future(carol.done("GET", "events", query=query))  # noqa: TID251
    await asyncio.sleep(0)
    await alice.says(room_id, "uno")
    answer = await asyncio.wait_for(waiting, 5)
    assert texts(answer["chunk"]) == ["uno"]
    await alice.sets(room_id, "m.room.history_visibility", {"history_visibility": "shared"})
    await alice.says(room_id, "in disparte")
    assert await refused(carol, "events", **{"from": answer["end"], "room_id": room_id}) == FORBIDDEN


async def test_everything_about_a_room_that_all_may_read_is_read_by_all(alice: Person, carol: Person) -> None:
    room_id = await a_window(alice)
    event_id = await alice.says(room_id, "a tutti")
    assert await carol.reads(room_id) == ["a tutti"]
    for path in (("state",), ("members",), ("event", event_id), ("context", event_id), ("state", "m.room.create")):
        assert (await carol.get(room(room_id, *path))).status == 200
    assert (await carol.done("GET", f"events/{event_id}"))["room_id"] == room_id
    assert await refused(carol, room(room_id, "joined_members")) == FORBIDDEN


async def test_what_was_said_before_all_could_read_stays_with_the_members(alice: Person, carol: Person) -> None:
    room_id = await alice.creates_room()
    hidden = await alice.says(room_id, "tra noi")
    await alice.sets(room_id, "m.room.history_visibility", {"history_visibility": "world_readable"})
    await alice.says(room_id, "a tutti")
    assert await carol.reads(room_id) == ["a tutti"]
    assert await refused(carol, room(room_id, "event", hidden)) == (404, "M_NOT_FOUND")


async def test_a_room_that_is_not_ones_own_is_followed_by_nobody(alice: Person, carol: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "segreto")
    assert await refused(carol, "events", room_id=a_room) == FORBIDDEN
    assert await refused(carol, "events", room_id="!nowhere:test") == FORBIDDEN
    assert await refused(carol, f"events/{event_id}") == (404, "M_NOT_FOUND")
    assert await refused(carol, "events/$nothing") == (404, "M_NOT_FOUND")


@pytest.mark.parametrize("query", [{"from": "nonsense"}, {"timeout": "long"}, {"room_id": "casa"}])
async def test_news_asked_for_wrongly_are_refused(alice: Person, query: dict[str, object]) -> None:
    assert await refused(alice, "events", **query) == (400, "M_INVALID_PARAM")
