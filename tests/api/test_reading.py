"""Reading a room: timeline pages, single events, their context, state, members."""

from typing import Any

import pytest

from tests.helpers.people import Person, room, texts

FORBIDDEN = (403, "M_FORBIDDEN")


async def refused(person: Person, path: str, **query: object) -> tuple[int, str | None]:
    reply = await person.get(path, query=query)
    return reply.status, reply.errcode


async def says_all(person: Person, room_id: str, count: int) -> list[str]:
    return [await person.says(room_id, str(number)) for number in range(count)]


async def page(person: Person, room_id: str, **query: object) -> Any:
    return await person.done("GET", room(room_id, "messages"), query=query)


async def test_pages_backwards_end_at_the_creation(alice: Person, a_room: str) -> None:
    await says_all(alice, a_room, 25)
    seen: list[dict[str, Any]] = []
    query: dict[str, object] = {"dir": "b", "limit": 7}
    while True:
        answer = await page(alice, a_room, **query)
        seen += answer["chunk"]
        if "end" not in answer:
            break
        query["from"] = answer["end"]
    assert texts(seen) == [str(number) for number in reversed(range(25))]
    assert seen[-1]["type"] == "m.room.create"
    assert len({event["event_id"] for event in seen}) == len(seen)


async def test_pages_forwards_go_on_from_where_they_ended(alice: Person, a_room: str) -> None:
    await says_all(alice, a_room, 5)
    first = await page(alice, a_room, dir="f", limit=10)
    assert first["chunk"][0]["type"] == "m.room.create"
    second = await page(alice, a_room, dir="f", limit=100, **{"from": first["end"]})
    assert texts(first["chunk"] + second["chunk"]) == ["0", "1", "2", "3", "4"]
    assert "end" not in second


async def test_a_page_starts_where_a_sync_ended_and_stops_at_to(alice: Person, a_room: str) -> None:
    await says_all(alice, a_room, 3)
    middle = (await alice.syncs())["next_batch"]
    await alice.says(a_room, "dopo")
    assert texts((await page(alice, a_room, dir="b", **{"from": middle}))["chunk"]) == ["2", "1", "0"]
    assert texts((await page(alice, a_room, dir="b", to=middle))["chunk"]) == ["dopo"]
    assert texts((await page(alice, a_room, dir="f", **{"from": middle}))["chunk"]) == ["dopo"]


async def test_a_limited_sync_leaves_off_where_its_prev_batch_begins(alice: Person, a_room: str) -> None:
    await says_all(alice, a_room, 30)
    timeline = (await alice.syncs())["rooms"]["join"][a_room]["timeline"]
    assert timeline["limited"]
    older = await page(alice, a_room, dir="b", limit=100, **{"from": timeline["prev_batch"]})
    both = list(reversed(texts(older["chunk"]))) + texts(timeline["events"])
    assert both == [str(number) for number in range(30)]


async def test_ten_events_are_a_page_when_nothing_is_said(alice: Person, a_room: str) -> None:
    await says_all(alice, a_room, 12)
    assert len((await page(alice, a_room, dir="b"))["chunk"]) == 10


async def test_a_filter_lets_through_what_it_names(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "uno")
    await bob.says(a_room, "due")
    await alice.sends(a_room, "m.room.message", {"msgtype": "m.image", "body": "tre", "url": "mxc://test/x"})
    cases = {
        '{"senders":["@bob:test"],"types":["m.room.message"]}': ["due"],
        '{"contains_url":true}': ["tre"],
        '{"types":["m.room.*"],"not_senders":["@bob:test"],"contains_url":false}': ["uno"],
        '{"rooms":["!other:test"]}': [],
    }
    for text, expected in cases.items():
        assert await alice.reads(a_room, filter=text) == expected


async def test_members_are_sent_along_when_loaded_lazily(alice: Person, bob: Person, a_room: str) -> None:
    await bob.says(a_room, "ciao")
    answer = await page(alice, a_room, dir="b", limit=1, filter='{"lazy_load_members":true}')
    assert [event["state_key"] for event in answer["state"]] == [bob.user_id]


@pytest.mark.parametrize(
    ("query", "errcode"),
    [
        ({}, "M_MISSING_PARAM"),
        ({"dir": "x"}, "M_INVALID_PARAM"),
        ({"dir": "b", "limit": "many"}, "M_INVALID_PARAM"),
        ({"dir": "b", "limit": -1}, "M_INVALID_PARAM"),
        ({"dir": "b", "from": "nonsense"}, "M_INVALID_PARAM"),
        ({"dir": "b", "filter": "{"}, "M_INVALID_PARAM"),
        ({"dir": "b", "filter": '{"types": 5}'}, "M_INVALID_PARAM"),
    ],
)
async def test_a_page_asked_for_wrongly_is_refused(
    alice: Person, a_room: str, query: dict[str, object], errcode: str
) -> None:
    assert await refused(alice, room(a_room, "messages"), **query) == (400, errcode)


async def test_a_token_is_good_only_for_whom_it_was_given_to(alice: Person, bob: Person, a_room: str) -> None:
    token = (await alice.syncs())["next_batch"]
    assert await refused(bob, room(a_room, "messages"), dir="b", **{"from": token}) == (400, "M_INVALID_PARAM")


async def test_strangers_read_nothing(alice: Person, carol: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "segreto")
    for path in ("state", "members", "joined_members"):
        assert await refused(carol, room(a_room, path)) == FORBIDDEN
    assert await refused(carol, room(a_room, "messages"), dir="b") == FORBIDDEN
    assert await refused(carol, room(a_room, "state", "m.room.name")) == FORBIDDEN
    for path in (room(a_room, "event", event_id), room(a_room, "context", event_id)):
        assert (await refused(carol, path))[0] in (403, 404)
    assert await refused(carol, room("!nowhere:test", "state")) == FORBIDDEN


async def test_the_invited_read_nothing_yet(alice: Person, carol: Person, a_room: str) -> None:
    await alice.invites(a_room, carol)
    assert await refused(carol, room(a_room, "messages"), dir="b") == FORBIDDEN
    assert await refused(carol, room(a_room, "state")) == FORBIDDEN


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [("joined", ["dopo"]), ("invited", ["dopo", "mentre"]), ("shared", ["dopo", "mentre", "prima"])],
)
async def test_how_much_of_the_past_a_newcomer_reads_is_the_rooms_choice(
    alice: Person, bob: Person, visibility: str, expected: list[str]
) -> None:
    content = {"history_visibility": visibility}
    room_id = await alice.creates_room(initial_state=[{"type": "m.room.history_visibility", "content": content}])
    await alice.says(room_id, "prima")
    await alice.invites(room_id, bob)
    await alice.says(room_id, "mentre")
    await bob.joins(room_id)
    await alice.says(room_id, "dopo")
    assert await bob.reads(room_id) == expected


async def test_anybody_reads_a_world_readable_room(alice: Person, carol: Person) -> None:
    content = {"history_visibility": "world_readable"}
    room_id = await alice.creates_room(initial_state=[{"type": "m.room.history_visibility", "content": content}])
    await alice.says(room_id, "a tutti")
    assert await carol.reads(room_id) == ["a tutti"]


async def test_an_event_that_is_not_there_is_not_found(alice: Person, bob: Person, a_room: str) -> None:
    elsewhere = await alice.says(await alice.creates_room(), "altrove")
    for event_id in ("$nothing", elsewhere):
        assert await refused(alice, room(a_room, "event", event_id)) == (404, "M_NOT_FOUND")
        assert await refused(alice, room(a_room, "context", event_id)) == (404, "M_NOT_FOUND")


async def test_context_is_what_stands_around_an_event(alice: Person, a_room: str) -> None:
    events = await says_all(alice, a_room, 20)
    answer = await alice.done("GET", room(a_room, "context", events[10]), query={"limit": 6})
    assert answer["event"]["event_id"] == events[10]
    assert texts(answer["events_before"]) == ["9", "8", "7"]
    assert texts(answer["events_after"]) == ["11", "12", "13"]
    assert "m.room.create" in {event["type"] for event in answer["state"]}
    assert texts((await page(alice, a_room, dir="b", limit=2, **{"from": answer["start"]}))["chunk"]) == ["6", "5"]
    assert texts((await page(alice, a_room, dir="f", limit=2, **{"from": answer["end"]}))["chunk"]) == ["14", "15"]


async def test_context_of_nothing_is_the_event_alone(alice: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "ciao")
    answer = await alice.done("GET", room(a_room, "context", event_id), query={"limit": 0})
    assert (answer["events_before"], answer["events_after"]) == ([], [])


async def test_one_piece_of_state_as_content_or_as_event(alice: Person, a_room: str) -> None:
    event_id = await alice.sets(a_room, "m.room.name", {"name": "Casa"})
    path = room(a_room, "state", "m.room.name")
    assert await alice.done("GET", path) == {"name": "Casa"}
    event = await alice.done("GET", path, query={"format": "event"})
    assert (event["event_id"], event["state_key"], event["room_id"]) == (event_id, "", a_room)
    assert await refused(alice, path, format="poem") == (400, "M_INVALID_PARAM")
    assert await refused(alice, room(a_room, "state", "m.room.topic")) == (404, "M_NOT_FOUND")


async def test_whoever_left_sees_the_state_of_then(alice: Person, bob: Person, a_room: str) -> None:
    await alice.sets(a_room, "m.room.name", {"name": "prima"})
    await bob.leaves(a_room)
    await alice.sets(a_room, "m.room.name", {"name": "dopo"})
    assert await bob.done("GET", room(a_room, "state", "m.room.name")) == {"name": "prima"}
    names = [
        event["content"] for event in await bob.done("GET", room(a_room, "state")) if event["type"] == "m.room.name"
    ]
    assert names == [{"name": "prima"}]


async def members(person: Person, room_id: str, **query: object) -> set[tuple[str, str]]:
    answer = await person.done("GET", room(room_id, "members"), query=query)
    return {(event["state_key"], event["content"]["membership"]) for event in answer["chunk"]}


async def test_members_are_listed_by_membership(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    await alice.invites(a_room, carol)
    await bob.leaves(a_room)
    everybody = {(alice.user_id, "join"), (bob.user_id, "leave"), (carol.user_id, "invite")}
    assert await members(alice, a_room) == everybody
    assert await members(alice, a_room, membership="join") == {(alice.user_id, "join")}
    assert await members(alice, a_room, not_membership="leave") == everybody - {(bob.user_id, "leave")}
    both = await members(alice, a_room, membership="leave", not_membership="join")
    assert both == {(bob.user_id, "leave"), (carol.user_id, "invite")}
    assert await refused(alice, room(a_room, "members"), membership="guest") == (400, "M_INVALID_PARAM")


async def test_members_as_they_were_at_a_token(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    then = (await alice.syncs())["next_batch"]
    await alice.invites(a_room, carol)
    assert await members(alice, a_room, at=then) == {(alice.user_id, "join"), (bob.user_id, "join")}
    assert await refused(alice, room(a_room, "members"), at="nonsense") == (400, "M_INVALID_PARAM")


async def test_joined_members_have_their_cards(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    await alice.invites(a_room, carol)
    joined = (await bob.done("GET", room(a_room, "joined_members")))["joined"]
    assert joined == {alice.user_id: {"display_name": "Alice"}, bob.user_id: {"display_name": "Bob"}}


async def test_whoever_left_does_not_see_who_is_there_now(alice: Person, bob: Person, a_room: str) -> None:
    await bob.leaves(a_room)
    assert await refused(bob, room(a_room, "joined_members")) == FORBIDDEN
