"""Trees of rooms, as somebody may see them."""

from typing import Any

import pytest

from tests.helpers.people import Person, room

FORBIDDEN = (403, "M_FORBIDDEN")


def hierarchy(room_id: str) -> str:
    return f"/_matrix/client/v1/{room(room_id, 'hierarchy')}"


async def a_space(person: Person, name: str, **body: object) -> str:
    return await person.creates_room(
        name=name, creation_content={"type": "m.space"}, **({"preset": "public_chat"} | body)
    )


async def holds(person: Person, space: str, child: str, **content: object) -> None:
    await person.sets(space, "m.space.child", {"via": ["test"]} | content, child)


async def walked(person: Person, room_id: str, **query: object) -> Any:
    return await person.done("GET", hierarchy(room_id), query=query)


def names(answer: Any) -> list[str]:
    return [each["name"] for each in answer["rooms"]]


async def refused(person: Person, room_id: str, **query: object) -> tuple[int, str | None]:
    reply = await person.get(hierarchy(room_id), query=query)
    return reply.status, reply.errcode


@pytest.fixture
async def town(alice: Person) -> str:
    """A space with a park that has a bench, and a bar; the bar is suggested."""
    town, park = await a_space(alice, "town"), await a_space(alice, "park")
    bar = await alice.creates_room(name="bar", preset="public_chat")
    bench = await alice.creates_room(name="bench", preset="public_chat")
    await holds(alice, town, park, order="a")
    await holds(alice, town, bar, order="b", suggested=True)
    await holds(alice, park, bench)
    return town


async def test_a_tree_is_told_depth_first(carol: Person, town: str) -> None:
    answer = await walked(carol, town)
    assert names(answer) == ["town", "park", "bench", "bar"]
    first, *_, last = answer["rooms"]
    assert (first["room_type"], last["children_state"], "next_batch" in answer) == ("m.space", [], False)
    assert [child["content"]["order"] for child in first["children_state"]] == ["a", "b"]
    assert set(first["children_state"][0]) == {"type", "state_key", "content", "sender", "origin_server_ts"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"max_depth": 0}, ["town"]),
        ({"max_depth": 1}, ["town", "park", "bar"]),
        ({"max_depth": 10**9}, ["town", "park", "bench", "bar"]),
        ({"suggested_only": "true"}, ["town", "bar"]),
    ],
)
async def test_how_deep_and_what_is_the_askers_choice(
    carol: Person, town: str, query: dict[str, object], expected: list[str]
) -> None:
    assert names(await walked(carol, town, **query)) == expected


async def test_pages_continue_each_other(carol: Person, town: str) -> None:
    found, answer = [], await walked(carol, town, limit=1)
    found += names(answer)
    while "next_batch" in answer:
        answer = await walked(carol, town, limit=1, **{"from": answer["next_batch"]})
        found += names(answer)
    assert found == ["town", "park", "bench", "bar"]


async def test_a_question_may_not_change_from_page_to_page(alice: Person, carol: Person, town: str) -> None:
    token = (await walked(carol, town, limit=1))["next_batch"]
    invalid = (400, "M_INVALID_PARAM")
    assert await refused(carol, town, max_depth=1, **{"from": token}) == invalid
    assert await refused(carol, town, suggested_only="true", **{"from": token}) == invalid
    assert await refused(alice, town, **{"from": token}) == invalid
    assert await refused(carol, town, **{"from": "nonsense"}) == invalid
    assert await refused(carol, town, limit=0) == invalid
    assert await refused(carol, town, max_depth=-1) == invalid
    assert await refused(carol, town, suggested_only="maybe") == invalid


async def test_rooms_one_may_not_know_of_are_left_out(alice: Person, bob: Person, carol: Person, town: str) -> None:
    cellar = await alice.creates_room(name="cellar", invite=[bob.user_id])
    await holds(alice, town, cellar, order="c")
    await holds(alice, town, "!nowhere:test", order="d")
    assert "cellar" not in names(await walked(carol, town))
    assert names(await walked(bob, town))[-1] == "cellar"


async def test_members_of_a_space_see_the_rooms_that_let_them_in(alice: Person, bob: Person, carol: Person) -> None:
    club = await a_space(alice, "club", preset="private_chat", invite=[bob.user_id])
    await bob.joins(club)
    content = {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": club}]}
    hall = await alice.creates_room(name="hall", initial_state=[{"type": "m.room.join_rules", "content": content}])
    await holds(alice, club, hall)
    answer = await walked(bob, club)
    assert names(answer) == ["club", "hall"]
    assert answer["rooms"][1]["allowed_room_ids"] == [club]
    assert await refused(carol, club) == FORBIDDEN


async def test_a_space_one_may_not_see_is_like_none(alice: Person, bob: Person, carol: Person) -> None:
    hidden = await a_space(alice, "hidden", preset="private_chat")
    assert await refused(carol, hidden) == await refused(carol, "!nowhere:test") == FORBIDDEN
    square = await a_space(alice, "square")
    await alice.done("POST", room(square, "ban"), {"user_id": bob.user_id})
    assert await refused(bob, square) == FORBIDDEN


async def test_a_tree_that_bites_its_tail_ends(alice: Person, carol: Person) -> None:
    one, two = await a_space(alice, "one"), await a_space(alice, "two")
    await holds(alice, one, two)
    await holds(alice, two, one)
    await holds(alice, one, one)
    assert names(await walked(carol, one)) == ["one", "two"]


async def test_children_that_are_none_are_not_followed(alice: Person) -> None:
    town, bar = await a_space(alice, "town"), await alice.creates_room(name="bar")
    without: list[dict[str, object]] = [{}, {"via": []}, {"via": "test"}, {"via": None}]
    for content in without:
        await alice.sets(town, "m.space.child", content, bar)
        assert names(await walked(alice, town)) == ["town"]
    await alice.sets(town, "m.space.child", {"via": ["test"]}, "not a room")
    assert names(await walked(alice, town)) == ["town"]
    plain = await alice.creates_room(name="plain")
    await holds(alice, plain, bar)
    assert names(await walked(alice, plain)) == ["plain"]
