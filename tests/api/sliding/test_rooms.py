"""What a sliding sync tells of a room, and what of it only once. Spec: MSC4186, Room results."""

from typing import Any

import pytest

from tests.helpers.people import Person, room, texts
from tests.helpers.sliding_client import LAZY, SlidingClient, a_list

ALL: dict[str, Any] = {"include": [{}]}


def following(person: Person, **asked: Any) -> SlidingClient:
    """A client with one list of everything."""
    return SlidingClient(person, lists={"all": a_list(**asked)})


def kinds(part: dict[str, Any]) -> set[tuple[str, str]]:
    return {(event["type"], event["state_key"]) for event in part.get("required_state", [])}


def members(part: dict[str, Any]) -> set[str]:
    return {key for kind, key in kinds(part) if kind == "m.room.member"}


async def test_a_room_is_told_whole_at_first(alice: Person, bob: Person, a_room: str) -> None:
    await alice.sets(a_room, "m.room.name", {"name": "Casa"})
    await alice.sets(a_room, "m.room.avatar", {"url": "mxc://test/casa"})
    event_id = await alice.says(a_room, "ciao")
    client = following(bob, timeline_limit=2, required_state={"include": [{"type": "m.room.create", "state_key": ""}]})
    part = (await client.sync())["rooms"][a_room]
    assert part["initial"] is True
    assert (part["name"], part["avatar"]) == ("Casa", "mxc://test/casa")
    assert "heroes" not in part
    assert (part["joined_count"], part["invited_count"]) == (2, 0)
    assert part["membership"] == "join"
    assert part["limited"] is True
    assert part["num_live"] == 0
    assert part["timeline"][-1]["event_id"] == event_id
    assert len(part["timeline"]) == 2
    assert kinds(part) == {("m.room.create", "")}
    assert part["bump_stamp"] == part["timeline"][-1]["origin_server_ts"]
    assert "room_id" not in part["timeline"][-1]
    page = await bob.reads(a_room, **{"from": part["prev_batch"], "limit": 1})
    assert page == []


async def test_a_nameless_room_is_called_after_the_others(alice: Person, bob: Person, a_room: str) -> None:
    part = (await following(alice).sync())["rooms"][a_room]
    assert part["heroes"] == [{"user_id": bob.user_id, "displayname": "Bob"}]
    assert "name" not in part


async def test_then_only_what_is_new_is_told(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "vecchio")
    client = following(bob, required_state=ALL)
    await client.sync()
    event_id = await alice.says(a_room, "nuovo")
    part = (await client.sync())["rooms"][a_room]
    assert set(part) == {"timeline", "num_live", "bump_stamp", "lists"}
    assert [event["event_id"] for event in part["timeline"]] == [event_id]
    assert part["num_live"] == 1
    assert (await client.sync())["rooms"] == {}


async def test_after_a_gap_the_newest_are_told_and_that_there_are_more(alice: Person, bob: Person, a_room: str) -> None:
    client = following(bob, timeline_limit=2)
    await client.sync()
    for number in range(4):
        await alice.says(a_room, str(number))
    part = (await client.sync())["rooms"][a_room]
    assert texts(part["timeline"]) == ["2", "3"]
    assert part["limited"] is True
    assert part["num_live"] == 2
    assert await bob.reads(a_room, **{"from": part["prev_batch"], "limit": 2}) == ["1", "0"]


async def test_a_room_with_nothing_but_a_gap_is_told(alice: Person, bob: Person, a_room: str) -> None:
    client = following(bob, timeline_limit=0)
    assert (await client.sync())["rooms"][a_room]["timeline"] == []
    await alice.says(a_room, "ciao")
    part = (await client.sync())["rooms"][a_room]
    assert part["limited"] is True
    assert "bump_stamp" in part
    assert (await client.sync())["rooms"] == {}


async def test_who_asks_for_more_of_a_timeline_gets_it_again(alice: Person, a_room: str) -> None:
    for number in range(5):
        await alice.says(a_room, str(number))
    client = SlidingClient(alice)
    few, many, more = ({"all": a_list(timeline_limit=limit)} for limit in (1, 3, 4))
    await client.sync(lists=few)
    part = (await client.sync(lists=many, timeout=10_000))["rooms"][a_room]
    assert texts(part["timeline"]) == ["2", "3", "4"]
    assert part["expanded_timeline"] is True
    assert part["num_live"] == 0
    assert "initial" not in part
    assert (await client.sync(lists=few))["rooms"] == {}
    assert (await client.sync(lists=many))["rooms"] == {}, "it has that many"
    assert texts((await client.sync(lists=more))["rooms"][a_room]["timeline"]) == ["1", "2", "3", "4"]


async def test_who_has_heard_enough_since_gets_nothing_again(alice: Person, a_room: str) -> None:
    client = SlidingClient(alice)
    await alice.says(a_room, "0")
    await client.sync(lists={"all": a_list(timeline_limit=1)})
    for number in (1, 2):
        await alice.says(a_room, str(number))
        await client.sync(lists={"all": a_list(timeline_limit=1)})
    assert (await client.sync(lists={"all": a_list(timeline_limit=3)}))["rooms"] == {}
    assert client.rooms[a_room].timeline[0] is not None


async def test_a_larger_timeline_comes_with_what_is_new(alice: Person, a_room: str) -> None:
    client = SlidingClient(alice)
    for number in range(3):
        await alice.says(a_room, str(number))
    await client.sync(lists={"all": a_list(timeline_limit=1)})
    await alice.says(a_room, "3")
    part = (await client.sync(lists={"all": a_list(timeline_limit=3)}))["rooms"][a_room]
    assert texts(part["timeline"]) == ["1", "2", "3"]
    assert part["num_live"] == 1


async def test_changed_state_is_told_beside_the_timeline(alice: Person, bob: Person, a_room: str) -> None:
    client = following(bob, required_state={"include": [{"type": "m.room.name"}]})
    assert kinds((await client.sync())["rooms"][a_room]) == set()
    name_id = await alice.sets(a_room, "m.room.name", {"name": "Casa"})
    await alice.sets(a_room, "m.room.topic", {"topic": "Tetto"})
    part = (await client.sync())["rooms"][a_room]
    assert [event["event_id"] for event in part["required_state"]] == [name_id]
    assert part["name"] == "Casa"
    assert "heroes" not in part
    await alice.sets(a_room, "m.room.name", {})
    part = (await client.sync())["rooms"][a_room]
    assert part["name"] is None
    assert part["heroes"] == [{"user_id": alice.user_id, "displayname": "Alice"}]


async def test_state_that_is_asked_for_later_is_told_at_once(alice: Person, a_room: str) -> None:
    await alice.sets(a_room, "m.room.topic", {"topic": "Tetto"})
    client = SlidingClient(alice)
    create = {"include": [{"type": "m.room.create"}]}
    both = {"include": [{"type": "m.room.create"}, {"type": "m.room.topic"}]}
    await client.sync(lists={"all": a_list(required_state=create)})
    part = (await client.sync(lists={"all": a_list(required_state=both)}, timeout=10_000))["rooms"][a_room]
    assert kinds(part) == {("m.room.topic", "")}
    assert set(part) == {"required_state", "lists"}
    await client.sync(lists={"all": a_list(required_state=create)})
    await alice.sets(a_room, "m.room.topic", {"topic": "Cantina"})
    assert kinds((await client.sync(lists={"all": a_list(required_state=create)}))["rooms"][a_room]) == set()
    part = (await client.sync(lists={"all": a_list(required_state=both)}))["rooms"][a_room]
    assert [event["content"] for event in part["required_state"]] == [{"topic": "Cantina"}]


async def test_lazy_members_are_those_whom_the_timeline_needs(alice: Person, bob: Person, carol: Person) -> None:
    room_id = await alice.creates_room(preset="public_chat")
    for person in (bob, carol):
        await person.joins(room_id)
    await bob.says(room_id, "ciao")
    client = following(alice, timeline_limit=1, required_state=LAZY)
    part = (await client.sync())["rooms"][room_id]
    assert members(part) == {bob.user_id}
    assert ("m.room.create", "") in kinds(part)
    await bob.says(room_id, "ancora")
    assert members((await client.sync())["rooms"][room_id]) == set()
    await carol.says(room_id, "anch'io")
    assert members((await client.sync())["rooms"][room_id]) == {carol.user_id}
    for text in ("1", "2"):
        await bob.says(room_id, text)
    part = (await client.sync())["rooms"][room_id]
    assert part["limited"] is True
    assert members(part) == {bob.user_id}, "after a gap the client has forgotten them all"


async def test_lazy_members_are_also_those_who_changed_and_are_spoken_of(
    alice: Person, bob: Person, carol: Person
) -> None:
    room_id = await alice.creates_room(preset="public_chat", invite=[carol.user_id])
    client = following(alice, timeline_limit=1, required_state=LAZY)
    assert members((await client.sync())["rooms"][room_id]) == {alice.user_id, carol.user_id}
    await bob.joins(room_id)
    part = (await client.sync())["rooms"][room_id]
    assert members(part) == {bob.user_id}
    assert part["joined_count"] == 2
    assert part["heroes"] == [
        {"user_id": carol.user_id, "displayname": "Carol"},
        {"user_id": bob.user_id, "displayname": "Bob"},
    ]


async def test_a_member_named_by_themselves_comes_beside_the_lazy_ones(alice: Person, bob: Person, a_room: str) -> None:
    await bob.says(a_room, "ciao")
    mine = {"type": "m.room.member", "state_key": alice.user_id}
    required = {"include": [mine], "lazy_members": True}
    part = (await following(alice, timeline_limit=1, required_state=required).sync())["rooms"][a_room]
    assert members(part) == {alice.user_id, bob.user_id}


async def test_only_proper_activity_moves_the_stamp(alice: Person, a_room: str) -> None:
    client = following(alice)
    await client.sync()
    await alice.sets(a_room, "m.room.topic", {"topic": "Tetto"})
    await alice.sends(
        a_room, "m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": "k"}}
    )
    assert "bump_stamp" not in (await client.sync())["rooms"][a_room]
    for kind in ("m.room.encrypted", "m.sticker", "m.call.invite", "m.poll.start"):
        await alice.sends(a_room, kind, {"body": "x"})
        part = (await client.sync())["rooms"][a_room]
        assert part["bump_stamp"] >= part["timeline"][-1]["origin_server_ts"]


async def test_an_invitation_shows_what_it_is_to_and_no_more(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(name="Casa", topic="Tetto", invite=[bob.user_id])
    client = following(bob, required_state=ALL)
    part = (await client.sync())["rooms"][room_id]
    assert set(part) == {"initial", "membership", "stripped_state", "bump_stamp", "lists"}
    assert part["membership"] == "invite"
    stripped = {(event["type"], event["state_key"]) for event in part["stripped_state"]}
    assert {("m.room.name", ""), ("m.room.create", ""), ("m.room.member", bob.user_id)} <= stripped
    await alice.sets(room_id, "m.room.name", {"name": "Segreto"})
    assert (await client.sync())["rooms"] == {}
    await bob.joins(room_id)
    part = (await client.sync())["rooms"][room_id]
    assert part["initial"] is True
    assert part["name"] == "Segreto"
    assert ("m.room.topic", "") in kinds(part)


async def test_a_declined_invitation_is_told(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(name="Casa", invite=[bob.user_id])
    client = following(bob)
    await client.sync()
    await alice.sets(room_id, "m.room.name", {"name": "Segreto"})
    await bob.leaves(room_id)
    part = (await client.sync())["rooms"][room_id]
    assert part["membership"] == "leave"
    assert part["stripped_state"][-1]["content"]["membership"] == "leave"
    assert "Segreto" not in str(part)
    assert "timeline" not in part


async def test_a_knock_that_is_turned_down_is_told(alice: Person, bob: Person) -> None:
    knocking = {"type": "m.room.join_rules", "content": {"join_rule": "knock"}}
    room_id = await alice.creates_room(initial_state=[knocking])
    client = following(bob)
    await client.sync()
    await bob.done("POST", f"knock/{room_id}", {})
    assert (await client.sync())["rooms"][room_id]["membership"] == "knock"
    await alice.done("POST", room(room_id, "kick"), {"user_id": bob.user_id})
    assert (await client.sync())["rooms"][room_id]["membership"] == "leave"
    assert set((await following(bob).sync())["rooms"]) == {room_id}


async def test_who_left_sees_nothing_of_what_comes_after(alice: Person, bob: Person, a_room: str) -> None:
    client = following(bob, required_state=ALL)
    await client.sync()
    await alice.says(a_room, "prima")
    await bob.leaves(a_room)
    await alice.says(a_room, "dopo")
    await alice.sets(a_room, "m.room.name", {"name": "Segreto"})
    part = (await client.sync())["rooms"][a_room]
    assert part["membership"] == "leave"
    assert "prima" in str(part)
    assert "dopo" not in str(part)
    assert "Segreto" not in str(part)
    assert part["timeline"][-1]["content"]["membership"] == "leave"
    await alice.says(a_room, "e ancora")
    assert (await client.sync())["rooms"] == {}


async def test_who_was_sent_away_learns_of_it_also_on_a_new_connection(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "prima")
    await alice.done("POST", room(a_room, "ban"), {"user_id": bob.user_id, "reason": "basta"})
    await alice.sets(a_room, "m.room.name", {"name": "Segreto"})
    part = (await following(bob, required_state=ALL).sync())["rooms"][a_room]
    assert part["membership"] == "ban"
    assert part["timeline"][-1]["content"]["reason"] == "basta"
    assert "Segreto" not in str(part)


async def test_who_is_banned_after_leaving_and_being_invited_again_learns_nothing_of_between(
    alice: Person, bob: Person, a_room: str
) -> None:
    await bob.leaves(a_room)
    await alice.sets(a_room, "it.segreto", {"che": "Segreto"})
    await alice.invites(a_room, bob)
    await alice.sets(a_room, "m.room.topic", {"topic": "Segreto"})
    await alice.done("POST", room(a_room, "ban"), {"user_id": bob.user_id})
    part = (await following(bob, required_state=ALL).sync())["rooms"][a_room]
    assert part["membership"] == "ban"
    assert "timeline" not in part
    assert "required_state" not in part
    assert "Segreto" not in str(part)


async def test_a_ban_of_somebody_who_left_is_told(alice: Person, bob: Person, a_room: str) -> None:
    client = following(bob, required_state=ALL)
    await client.sync()
    await bob.leaves(a_room)
    await client.sync()
    await alice.says(a_room, "dopo")
    await alice.done("POST", room(a_room, "ban"), {"user_id": bob.user_id})
    part = (await client.sync())["rooms"][a_room]
    assert part["membership"] == "ban"
    assert kinds(part) == {("m.room.member", bob.user_id)}
    assert "timeline" not in part


async def test_who_comes_back_is_told_the_room_whole(alice: Person, bob: Person, a_room: str) -> None:
    client = following(bob, required_state=ALL)
    await client.sync()
    await bob.leaves(a_room)
    await client.sync()
    await alice.invites(a_room, bob)
    await bob.joins(a_room)
    part = (await client.sync())["rooms"][a_room]
    assert part["initial"] is True
    assert ("m.room.create", "") in kinds(part)


async def test_messages_of_ignored_people_are_not_told(alice: Person, bob: Person, a_room: str) -> None:
    client = following(alice)
    await client.sync()
    ignoring: dict[str, Any] = {"ignored_users": {bob.user_id: {}}}
    await alice.done("PUT", f"user/{alice.user_id}/account_data/m.ignored_user_list", ignoring)
    await bob.says(a_room, "ehi")
    assert "ehi" not in str(await client.sync())


async def test_own_messages_come_back_with_their_transaction_id(alice: Person, a_room: str) -> None:
    client = following(alice)
    await client.sync()
    await alice.sends(a_room, "m.room.message", {"msgtype": "m.text", "body": "io"}, txn_id="mia")
    timeline = (await client.sync())["rooms"][a_room]["timeline"]
    assert timeline[-1]["unsigned"]["transaction_id"] == "mia"


@pytest.mark.parametrize("limit", [1, 5])
async def test_edits_come_with_what_they_change_after_a_gap(alice: Person, a_room: str, limit: int) -> None:
    event_id = await alice.says(a_room, "caio")
    edit = {"msgtype": "m.text", "body": "ciao"}
    relation = {"rel_type": "m.replace", "event_id": event_id}
    await alice.sends(a_room, "m.room.message", edit | {"m.new_content": edit, "m.relates_to": relation})
    part = (await following(alice, timeline_limit=limit).sync())["rooms"][a_room]
    shown = {event["event_id"]: event for event in part["timeline"]}
    assert (event_id in shown) is (limit == 5)
    if limit == 5:
        assert shown[event_id]["unsigned"]["m.relations"]["m.replace"]["content"]["body"] == "ciao"
