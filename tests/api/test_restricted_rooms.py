"""Rooms that let in the members of other rooms."""

import pytest

from tests.helpers.people import Person, room

FORBIDDEN = (403, "M_FORBIDDEN")


async def a_club_and_its_room(alice: Person, rule: str = "restricted", **body: object) -> tuple[str, str]:
    """A private room, and one that lets in its members."""
    club = await alice.creates_room()
    content = {"join_rule": rule, "allow": [{"type": "m.room_membership", "room_id": club}]}
    body.setdefault("initial_state", [{"type": "m.room.join_rules", "content": content}])
    return club, await alice.creates_room(**body)


async def refused(person: Person, path: str, body: object = None) -> tuple[int, str | None]:
    reply = await person.post(path, {} if body is None else body)
    return reply.status, reply.errcode


@pytest.mark.parametrize("rule", ["restricted", "knock_restricted"])
@pytest.mark.parametrize("version", ["10", "11", "12"])
async def test_a_member_of_the_club_comes_in_and_somebody_stands_for_it(
    alice: Person, bob: Person, rule: str, version: str
) -> None:
    club, room_id = await a_club_and_its_room(alice, rule, room_version=version)
    assert await refused(bob, room(room_id, "join")) == FORBIDDEN
    await alice.invites(club, bob)
    assert await refused(bob, room(room_id, "join")) == FORBIDDEN
    await bob.joins(club)
    await bob.joins(room_id)
    mine = await bob.done("GET", room(room_id, "state", "m.room.member", bob.user_id))
    assert mine["join_authorised_via_users_server"] == alice.user_id


async def test_whoever_left_the_club_is_not_let_in(alice: Person, bob: Person) -> None:
    club, room_id = await a_club_and_its_room(alice)
    await alice.invites(club, bob)
    await bob.joins(club)
    await bob.leaves(club)
    assert await refused(bob, room(room_id, "join")) == FORBIDDEN


async def test_nobody_is_let_in_where_nobody_left_may_invite(alice: Person, bob: Person, carol: Person) -> None:
    club, room_id = await a_club_and_its_room(alice, power_level_content_override={"invite": 50})
    for person in (bob, carol):
        await alice.invites(club, person)
        await person.joins(club)
    await bob.joins(room_id)
    await alice.leaves(room_id)
    assert await refused(carol, room(room_id, "join")) == FORBIDDEN


async def test_the_invited_need_nobody_to_stand_for_them(alice: Person, bob: Person) -> None:
    _, room_id = await a_club_and_its_room(alice)
    await alice.invites(room_id, bob)
    await bob.joins(room_id)
    mine = await bob.done("GET", room(room_id, "state", "m.room.member", bob.user_id))
    assert "join_authorised_via_users_server" not in mine


async def test_nobody_lets_themselves_in_by_naming_who_stands_for_them(
    alice: Person, bob: Person, carol: Person
) -> None:
    club, room_id = await a_club_and_its_room(alice)
    path = room(room_id, "state", "m.room.member", carol.user_id)
    claim = {"membership": "join", "join_authorised_via_users_server": alice.user_id}
    reply = await carol.put(path, claim)
    assert (reply.status, reply.errcode) == FORBIDDEN
    await alice.invites(club, bob)
    await bob.joins(club)
    await bob.sets(room_id, "m.room.member", {"membership": "join", "displayname": "Io"}, bob.user_id)
    mine = await bob.done("GET", room(room_id, "state", "m.room.member", bob.user_id))
    assert mine == {"membership": "join", "displayname": "Io", "join_authorised_via_users_server": alice.user_id}


async def test_a_knock_is_taken_where_the_rule_says_both(alice: Person, carol: Person) -> None:
    _, room_id = await a_club_and_its_room(alice, "knock_restricted")
    await carol.done("POST", f"knock/{room_id}", {})
    _, other = await a_club_and_its_room(alice, "restricted")
    assert await refused(carol, f"knock/{other}") == FORBIDDEN


@pytest.mark.parametrize(
    "allow",
    [None, 7, [7], [{"type": "m.room_membership"}], [{"type": "it.test", "room_id": "!x:test"}], [{"room_id": []}]],
)
async def test_conditions_that_say_nothing_let_nobody_in(alice: Person, bob: Person, allow: object) -> None:
    content = {"join_rule": "restricted", "allow": allow}
    room_id = await alice.creates_room(initial_state=[{"type": "m.room.join_rules", "content": content}])
    assert await refused(bob, room(room_id, "join")) == FORBIDDEN
