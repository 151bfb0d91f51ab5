"""A room in short, for people who may come in."""

from typing import Any

import pytest

from tests.helpers.asgi import segment
from tests.helpers.people import Person, room

NOT_FOUND = (404, "M_NOT_FOUND")


def summary(room_id: str) -> str:
    return f"/_matrix/client/v1/room_summary/{segment(room_id)}"


async def refused(person: Person, room_id: str) -> tuple[int, str | None]:
    reply = await person.get(summary(room_id))
    return reply.status, reply.errcode


def a_rule(join_rule: str, *clubs: str) -> dict[str, Any]:
    allow = [{"type": "m.room_membership", "room_id": club} for club in clubs]
    return {"type": "m.room.join_rules", "content": {"join_rule": join_rule} | ({"allow": allow} if allow else {})}


async def test_all_that_a_summary_tells(alice: Person, bob: Person) -> None:
    club = await alice.creates_room()
    room_id = await alice.creates_room(
        name="Casa",
        topic="Di tutto",
        room_alias_name="casa",
        room_version="11",
        invite=[bob.user_id],
        creation_content={"type": "m.space"},
        initial_state=[
            a_rule("restricted", club),
            {"type": "m.room.avatar", "content": {"url": "mxc://test/abc"}},
            {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}},
            {"type": "m.room.history_visibility", "content": {"history_visibility": "world_readable"}},
        ],
    )
    expected = {
        "room_id": room_id,
        "name": "Casa",
        "topic": "Di tutto",
        "avatar_url": "mxc://test/abc",
        "canonical_alias": "#casa:test",
        "num_joined_members": 1,
        "world_readable": True,
        "guest_can_join": True,
        "join_rule": "restricted",
        "room_type": "m.space",
        "allowed_room_ids": [club],
        "encryption": "m.megolm.v1.aes-sha2",
        "room_version": "11",
        "membership": "invite",
    }
    assert await bob.done("GET", summary(room_id)) == expected
    assert await bob.done("GET", summary("#casa:test")) == expected
    for unstable in (f"summary/{segment(room_id)}", f"{room(room_id)}/summary"):
        assert await bob.done("GET", f"/_matrix/client/unstable/im.nheko.summary/{unstable}") == expected


@pytest.mark.parametrize(
    ("rule", "status"), [("public", 200), ("knock", 200), ("knock_restricted", 200), ("invite", 404), ("private", 404)]
)
async def test_who_could_come_in_or_knock_is_told(alice: Person, carol: Person, rule: str, status: int) -> None:
    room_id = await alice.creates_room(initial_state=[a_rule(rule)])
    assert (await carol.get(summary(room_id))).status == status


async def test_members_of_the_club_are_told_of_its_room(alice: Person, bob: Person, carol: Person) -> None:
    club = await alice.creates_room(invite=[bob.user_id])
    await bob.joins(club)
    room_id = await alice.creates_room(initial_state=[a_rule("restricted", club)])
    assert (await bob.done("GET", summary(room_id)))["membership"] == "leave"
    assert await refused(carol, room_id) == NOT_FOUND


async def test_the_banned_are_told_nothing(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(preset="public_chat")
    await alice.done("POST", room(room_id, "ban"), {"user_id": bob.user_id})
    assert await refused(bob, room_id) == NOT_FOUND


async def test_a_room_that_is_not_there_is_like_one_that_is_not_ones_own(alice: Person, carol: Person) -> None:
    hidden = await carol.get(summary(await alice.creates_room()))
    absent = await carol.get(summary("!nowhere:test"))
    assert (hidden.status, hidden.body) == (absent.status, absent.body)
    assert await refused(carol, "#nowhere:test") == NOT_FOUND
    assert await refused(carol, "nowhere") == (400, "M_INVALID_PARAM")


async def test_state_that_says_nonsense_is_left_out(alice: Person) -> None:
    nonsense = [
        {"type": "m.room.name", "content": {"name": 7}},
        {"type": "m.room.topic", "content": {"topic": ["x"]}},
        {"type": "m.room.avatar", "content": {"url": {}}},
        {"type": "m.room.encryption", "content": {}},
        {"type": "m.room.join_rules", "content": {"join_rule": []}},
    ]
    room_id = await alice.creates_room(initial_state=nonsense)
    answer = await alice.done("GET", summary(room_id))
    assert set(answer) == {
        *("room_id", "num_joined_members", "world_readable", "guest_can_join", "join_rule", "room_version"),
        "membership",
    }
