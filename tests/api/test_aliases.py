"""Names that lead to rooms."""

import pytest

from tests.helpers.asgi import AsgiClient
from tests.helpers.people import CLIENT, Person, room

ALIAS = "directory/room/%23casa%3Atest"
FORBIDDEN = (403, "M_FORBIDDEN")
NOT_FOUND = (404, "M_NOT_FOUND")


async def refused(person: Person, method: str, path: str, body: object = None) -> tuple[int, str | None]:
    reply = await person.request(method, path, json=body)
    return reply.status, reply.errcode


async def test_an_alias_leads_to_its_room_whoever_asks(alice: Person, bob: Person, a_room: str) -> None:
    assert await bob.done("PUT", ALIAS, {"room_id": a_room}) == {}
    expected = {"room_id": a_room, "servers": ["test"]}
    assert await alice.done("GET", ALIAS) == expected
    assert (await AsgiClient(alice.app).get(f"{CLIENT}/{ALIAS}")).json == expected
    assert await alice.done("GET", room(a_room, "aliases")) == {"aliases": ["#casa:test"]}


async def test_an_alias_that_leads_somewhere_is_taken(alice: Person, bob: Person, a_room: str) -> None:
    await alice.done("PUT", ALIAS, {"room_id": a_room})
    other = await bob.creates_room()
    for room_id in (a_room, other):
        assert await refused(bob, "PUT", ALIAS, {"room_id": room_id}) == (409, "M_UNKNOWN")


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        (ALIAS, {}, (400, "M_MISSING_PARAM")),
        (ALIAS, {"room_id": 7}, (400, "M_BAD_JSON")),
        (ALIAS, {"room_id": "casa"}, (400, "M_INVALID_PARAM")),
        (ALIAS, {"room_id": "!nowhere:test"}, FORBIDDEN),
        ("directory/room/casa", {"room_id": "!x:test"}, (400, "M_INVALID_PARAM")),
        ("directory/room/%23casa", {"room_id": "!x:test"}, (400, "M_INVALID_PARAM")),
        ("directory/room/%23casa%3Aelsewhere", {"room_id": "!x:test"}, (400, "M_INVALID_PARAM")),
        (f"directory/room/%23{'a' * 300}%3Atest", {"room_id": "!x:test"}, (400, "M_INVALID_PARAM")),
    ],
)
async def test_an_alias_that_cannot_be_is_refused(
    alice: Person, path: str, body: object, answer: tuple[int, str]
) -> None:
    assert await refused(alice, "PUT", path, body) == answer


async def test_only_those_in_a_room_give_it_an_alias_or_list_them(alice: Person, carol: Person, a_room: str) -> None:
    assert await refused(carol, "PUT", ALIAS, {"room_id": a_room}) == FORBIDDEN
    assert await refused(carol, "GET", room(a_room, "aliases")) == FORBIDDEN
    assert await refused(carol, "GET", room("!nowhere:test", "aliases")) == FORBIDDEN


async def test_anybody_lists_the_aliases_of_a_world_readable_room(alice: Person, carol: Person) -> None:
    content = {"history_visibility": "world_readable"}
    room_id = await alice.creates_room(initial_state=[{"type": "m.room.history_visibility", "content": content}])
    assert await carol.done("GET", room(room_id, "aliases")) == {"aliases": []}


async def test_an_alias_leads_nowhere_once_it_is_deleted(alice: Person, a_room: str) -> None:
    await alice.done("PUT", ALIAS, {"room_id": a_room})
    assert await alice.done("DELETE", ALIAS) == {}
    assert await refused(alice, "GET", ALIAS) == NOT_FOUND
    assert await refused(alice, "DELETE", ALIAS) == NOT_FOUND
    assert await refused(alice, "GET", "directory/room/casa") == (400, "M_INVALID_PARAM")
    await alice.done("PUT", ALIAS, {"room_id": a_room})


async def test_an_alias_is_deleted_by_its_maker_or_who_names_the_room(
    alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    await alice.done("PUT", ALIAS, {"room_id": a_room})
    assert await refused(bob, "DELETE", ALIAS) == FORBIDDEN
    assert await refused(carol, "DELETE", ALIAS) == FORBIDDEN
    await alice.done("DELETE", ALIAS)
    await bob.done("PUT", ALIAS, {"room_id": a_room})
    await alice.done("DELETE", ALIAS)
    await bob.done("PUT", ALIAS, {"room_id": a_room})
    await bob.leaves(a_room)
    await bob.done("DELETE", ALIAS)


async def test_a_room_does_not_call_itself_by_an_alias_that_is_gone(alice: Person, a_room: str) -> None:
    await alice.done("PUT", ALIAS, {"room_id": a_room})
    await alice.done("PUT", "directory/room/%23altra%3Atest", {"room_id": a_room})
    named = {"alias": "#casa:test", "alt_aliases": ["#casa:test", "#altra:test"]}
    await alice.sets(a_room, "m.room.canonical_alias", named)
    await alice.done("DELETE", ALIAS)
    path = room(a_room, "state", "m.room.canonical_alias")
    assert await alice.done("GET", path) == {"alt_aliases": ["#altra:test"]}
    await alice.done("DELETE", "directory/room/%23altra%3Atest")
    assert await alice.done("GET", path) == {"alt_aliases": []}


async def test_who_may_not_name_the_room_deletes_the_alias_all_the_same(
    alice: Person, bob: Person, a_room: str
) -> None:
    await bob.done("PUT", ALIAS, {"room_id": a_room})
    await alice.sets(a_room, "m.room.canonical_alias", {"alias": "#casa:test"})
    await bob.done("DELETE", ALIAS)
    assert await refused(alice, "GET", ALIAS) == NOT_FOUND
    path = room(a_room, "state", "m.room.canonical_alias")
    assert await alice.done("GET", path) == {"alias": "#casa:test"}
