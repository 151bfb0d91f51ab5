"""Tags of rooms."""

import asyncio

import pytest

from sottovoce.domains.accounts.rules import MAX_TAGS_PER_ROOM
from tests.helpers.asgi import segment
from tests.helpers.people import Person

ROOM = "!kitchen:chat.example.org"


def tags(person: Person, tag: str | None = None, room_id: str = ROOM) -> str:
    path = f"user/{segment(person.user_id)}/rooms/{segment(room_id)}/tags"
    return path if tag is None else f"{path}/{segment(tag)}"


async def test_tags_are_added_and_removed(alice: Person) -> None:
    assert await alice.done("GET", tags(alice)) == {"tags": {}}
    await alice.done("PUT", tags(alice, "m.favourite"), {"order": 0.25})
    await alice.done("PUT", tags(alice, "u.Cose mie / ☕"), {})
    told = {"m.favourite": {"order": 0.25}, "u.Cose mie / ☕": {}}
    assert await alice.done("GET", tags(alice)) == {"tags": told}
    await alice.done("PUT", tags(alice, "m.favourite"), {"order": 1})
    for _ in range(2):
        await alice.done("DELETE", tags(alice, "u.Cose mie / ☕"))
    assert await alice.done("GET", tags(alice)) == {"tags": {"m.favourite": {"order": 1}}}
    assert await alice.done("GET", tags(alice, room_id="!garden:chat.example.org")) == {"tags": {}}


async def test_tags_are_account_data_of_the_room(alice: Person) -> None:
    await alice.done("PUT", tags(alice, "u.a"), {})
    at = f"user/{segment(alice.user_id)}/rooms/{segment(ROOM)}/account_data/m.tag"
    assert await alice.done("GET", at) == {"tags": {"u.a": {}}}
    await alice.done("PUT", at, {"tags": "nonsense"})
    assert await alice.done("GET", tags(alice)) == {"tags": {}}
    await alice.done("PUT", tags(alice, "u.b"), {})
    assert await alice.done("GET", tags(alice)) == {"tags": {"u.b": {}}}


async def test_tags_added_at_once_are_all_there(alice: Person) -> None:
    await asyncio.gather(*(alice.done("PUT", tags(alice, f"u.{number}"), {}) for number in range(10)))
    assert len((await alice.done("GET", tags(alice)))["tags"]) == 10


@pytest.mark.parametrize(
    ("tag", "body", "errcode"),
    [
        ("x" * 256, {}, "M_INVALID_PARAM"),
        ("u.a", {"order": "first"}, "M_INVALID_PARAM"),
        ("u.a", {"order": 2}, "M_INVALID_PARAM"),
        ("u.a", [], "M_BAD_JSON"),
        ("u.a", None, "M_NOT_JSON"),
    ],
)
async def test_what_is_no_tag_is_refused(alice: Person, tag: str, body: object, errcode: str) -> None:
    reply = await alice.put(tags(alice, tag), body)
    assert (reply.status, reply.errcode) == (400, errcode)


async def test_a_room_has_so_many_tags_and_no_more(alice: Person) -> None:
    many: dict[str, object] = {f"u.{number}": {} for number in range(MAX_TAGS_PER_ROOM)}
    at = f"user/{segment(alice.user_id)}/rooms/{segment(ROOM)}/account_data/m.tag"
    await alice.done("PUT", at, {"tags": many})
    reply = await alice.put(tags(alice, "u.more"), {})
    assert (reply.status, reply.errcode) == (403, "M_USER_LIMIT_EXCEEDED")
    assert reply.json["info_uri"]
    await alice.done("PUT", tags(alice, "u.0"), {"order": 0.5})


async def test_nobody_tags_for_others(alice: Person, bob: Person) -> None:
    for method in ("PUT", "DELETE"):
        reply = await alice.request(method, tags(bob, "u.a"), json={})
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    assert (await alice.get(tags(bob))).errcode == "M_FORBIDDEN"
    assert (await alice.get(f"user/{segment(alice.user_id)}/rooms/nonsense/tags")).errcode == "M_INVALID_PARAM"
