"""Finding people."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.people import Person
from tests.helpers.server import RunningServer

SEARCH = "user_directory/search"


async def found(person: Person, term: str, **body: object) -> list[str]:
    told = await person.done("POST", SEARCH, {"search_term": term} | body)
    return [each["user_id"] for each in told["results"]]


async def test_people_of_ones_rooms_are_found_by_name_or_address_without_capitals_and_accents(
    alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    avatar = "mxc://test/picture"
    await bob.done("PUT", f"profile/{bob.user_id}/displayname", {"displayname": "Niccolò D'Aquì"})
    await bob.done("PUT", f"profile/{bob.user_id}/avatar_url", {"avatar_url": avatar})
    for term in ("niccolo", "NICCOLÒ", "aqui", "d'aqui nicc", "bob", "@bob", "@BOB:test", "ob:te"):
        assert await found(alice, term) == [bob.user_id], term
    told = await alice.done("POST", SEARCH, {"search_term": "nicc"})
    card = {"user_id": bob.user_id, "display_name": "Niccolò D'Aquì", "avatar_url": avatar}
    assert told == {"results": [card], "limited": False}


async def test_strangers_are_found_by_their_whole_address_and_nothing_less(
    alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    for term in ("carol", "@carol", "carol:test", "@carol:tes", "Carol", "@nobody:test", "@carol:elsewhere.org"):
        assert await found(alice, term) == [], term
    assert await found(alice, " @carol:test ") == [carol.user_id]
    assert await found(alice, alice.user_id) == []


async def test_the_best_come_first_and_the_rest_is_told(homeserver: RunningServer, alice: Person) -> None:
    room_id = await alice.creates_room(preset="public_chat")
    for name in ("rosanna", "anna", "annabella"):
        await (await homeserver.person(name)).joins(room_id)
    assert await found(alice, "anna") == ["@anna:test", "@annabella:test", "@rosanna:test"]
    told = await alice.done("POST", SEARCH, {"search_term": "anna", "limit": 2})
    assert [each["user_id"] for each in told["results"]] == ["@anna:test", "@annabella:test"]
    assert told["limited"] is True
    assert await found(alice, "@annabella:test") == ["@annabella:test"]


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({}, "M_MISSING_PARAM"),
        ({"search_term": 7}, "M_BAD_JSON"),
        ({"search_term": "a", "limit": "many"}, "M_BAD_JSON"),
        ({"search_term": "a", "limit": 0}, "M_INVALID_PARAM"),
        ({"search_term": "x" * 257}, "M_INVALID_PARAM"),
    ],
)
async def test_what_is_no_search_is_refused(alice: Person, body: dict[str, object], errcode: str) -> None:
    reply = await alice.post(SEARCH, body)
    assert (reply.status, reply.errcode) == (400, errcode)


@pytest.mark.parametrize("term", ["", "  ", "\0", "%", "_", "*"])
async def test_nothing_finds_nobody(alice: Person, a_room: str, term: str) -> None:
    assert await found(alice, term) == []


async def test_with_a_public_list_people_of_its_rooms_are_found_by_everybody(
    tmp_path: Path, new_database: Callable[[], str | None]
) -> None:
    server = RunningServer(tmp_path, database=new_database(), public_directory="on")
    await server.start()
    alice, bob = await server.person("alice"), await server.person("bob")
    assert await found(bob, "alice") == []
    await alice.creates_room(preset="public_chat", visibility="public")
    assert await found(bob, "alice") == [alice.user_id]
    await server.stop()
