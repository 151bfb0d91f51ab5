"""The public list of rooms, where a server keeps one."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.asgi import AsgiClient
from tests.helpers.people import CLIENT, Person, room
from tests.helpers.server import RunningServer

FORBIDDEN = (403, "M_FORBIDDEN")
NOT_FOUND = (404, "M_NOT_FOUND")


@pytest.fixture
async def open_server(tmp_path: Path, new_database: Callable[[], str | None]) -> AsyncIterator[RunningServer]:
    """A server that keeps a public list."""
    (tmp_path / "open").mkdir()
    server = RunningServer(tmp_path / "open", database=new_database(), public_directory="on")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def anna(open_server: RunningServer) -> Person:
    return await open_server.person("anna")


@pytest.fixture
async def bruno(open_server: RunningServer) -> Person:
    return await open_server.person("bruno")


def listed(room_id: str) -> str:
    return f"directory/list/{room(room_id)}".replace("/rooms/", "/room/")


async def refused(person: AsgiClient, method: str, path: str, body: object = None) -> tuple[int, str | None]:
    reply = await person.request(method, path, json=body)
    return reply.status, reply.errcode


def names(answer: Any) -> list[str]:
    return [each["name"] for each in answer["chunk"]]


async def test_a_server_without_a_list_shows_and_takes_nothing(alice: Person) -> None:
    room_id = await alice.creates_room(visibility="public")
    assert await refused(alice, "PUT", listed(room_id), {"visibility": "public"}) == FORBIDDEN
    assert await alice.done("PUT", listed(room_id), {"visibility": "private"}) == {}
    assert await alice.done("GET", listed(room_id)) == {"visibility": "private"}
    for answer in (await alice.done("GET", "publicRooms"), await alice.done("POST", "publicRooms", {})):
        assert answer == {"chunk": [], "total_room_count_estimate": 0}


async def test_a_room_is_listed_by_whoever_may_name_it(anna: Person, bruno: Person) -> None:
    room_id = await anna.creates_room(preset="public_chat", name="Piazza", topic="Di tutto")
    assert await anna.done("GET", listed(room_id)) == {"visibility": "private"}
    assert await refused(bruno, "GET", listed(room_id)) == NOT_FOUND
    assert await refused(bruno, "PUT", listed(room_id), {"visibility": "public"}) == NOT_FOUND
    await bruno.joins(room_id)
    assert await refused(bruno, "PUT", listed(room_id), {"visibility": "public"}) == FORBIDDEN
    assert await anna.done("PUT", listed(room_id), {}) == {}
    await bruno.leaves(room_id)
    anybody = AsgiClient(anna.app)
    assert (await anybody.get(f"{CLIENT}/{listed(room_id)}")).json == {"visibility": "public"}
    chunk = (await anybody.get(f"{CLIENT}/publicRooms")).json["chunk"]
    assert chunk == [
        {
            "room_id": room_id,
            "name": "Piazza",
            "topic": "Di tutto",
            "num_joined_members": 1,
            "world_readable": False,
            "guest_can_join": False,
            "join_rule": "public",
            "room_version": "12",
        }
    ]
    await anna.done("PUT", listed(room_id), {"visibility": "private"})
    assert (await bruno.done("GET", "publicRooms"))["chunk"] == []
    assert (await anybody.get(f"{CLIENT}/{listed(room_id)}")).status == 404


async def test_a_room_made_public_is_listed_at_once(anna: Person) -> None:
    room_id = await anna.creates_room(visibility="public", name="Piazza")
    assert names(await anna.done("GET", "publicRooms")) == ["Piazza"]
    assert await anna.done("GET", listed(room_id)) == {"visibility": "public"}


async def test_pages_begin_with_the_rooms_with_most_people(anna: Person, bruno: Person) -> None:
    rooms = [await anna.creates_room(visibility="public", name=str(number)) for number in range(5)]
    await bruno.joins(rooms[3])
    first = await anna.done("GET", "publicRooms", query={"limit": 2})
    assert names(first)[0] == "3"
    assert first["total_room_count_estimate"] == 5
    assert "prev_batch" not in first
    second = await anna.done("POST", "publicRooms", {"limit": 2, "since": first["next_batch"]})
    third = await anna.done("POST", "publicRooms", {"limit": 2, "since": second["next_batch"]})
    assert "next_batch" not in third
    assert sorted(names(first) + names(second) + names(third)) == ["0", "1", "2", "3", "4"]
    back = await anna.done("POST", "publicRooms", {"limit": 2, "since": second["prev_batch"]})
    assert names(back) == names(first)


async def test_a_search_looks_at_names_topics_aliases_and_types(anna: Person) -> None:
    await anna.creates_room(visibility="public", name="Piazza", topic="Mercato")
    await anna.creates_room(visibility="public", name="Gruppo", creation_content={"type": "m.space"})
    await anna.creates_room(visibility="public", name="Altro", room_alias_name="verdura")

    async def found(**filter: object) -> list[str]:
        return sorted(names(await anna.done("POST", "publicRooms", {"filter": filter})))

    assert await found(generic_search_term="PIAZ") == ["Piazza"]
    assert await found(generic_search_term="mercato") == ["Piazza"]
    assert await found(generic_search_term="#verdura") == ["Altro"]
    assert await found(room_types=["m.space"]) == ["Gruppo"]
    assert await found(room_types=[None]) == ["Altro", "Piazza"]
    assert await found(room_types=["m.space", None]) == ["Altro", "Gruppo", "Piazza"]
    assert await found(room_types=[]) == []
    assert await found(generic_search_term="") == ["Altro", "Gruppo", "Piazza"]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"limit": 0}, (400, "M_INVALID_PARAM")),
        ({"limit": "many"}, (400, "M_BAD_JSON")),
        ({"since": "nonsense"}, (400, "M_INVALID_PARAM")),
        ({"include_all_networks": True, "third_party_instance_id": "irc"}, (400, "M_INVALID_PARAM")),
        ({"filter": {"generic_search_term": "x" * 5000}}, (400, "M_INVALID_PARAM")),
        ({"filter": {"room_types": ["x"] * 1000}}, (400, "M_INVALID_PARAM")),
        ({"filter": 7}, (400, "M_BAD_JSON")),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(anna: Person, body: object, answer: tuple[int, str]) -> None:
    assert await refused(anna, "POST", "publicRooms", body) == answer


async def test_another_servers_list_is_not_known(anna: Person) -> None:
    assert (await anna.get("publicRooms", query={"server": "elsewhere"})).status == 404
    assert (await anna.get("publicRooms", query={"server": "test", "limit": 99999999})).status == 200
    assert await refused(anna, "PUT", listed(await anna.creates_room()), {"visibility": "x"}) == (
        400,
        "M_INVALID_PARAM",
    )
    assert await refused(anna, "PUT", listed("!nowhere:test"), {}) == NOT_FOUND


async def test_whoever_has_no_account_asks_for_a_room_in_short(anna: Person, alice: Person) -> None:
    room_id = await anna.creates_room(visibility="public", name="Piazza")
    path = f"/_matrix/client/v1/room_summary/{room_id}"
    answer = (await AsgiClient(anna.app).get(path)).json
    assert (answer["name"], "membership" in answer) == ("Piazza", False)
    hidden = await anna.creates_room()
    assert (await AsgiClient(anna.app).get(f"/_matrix/client/v1/room_summary/{hidden}")).status == 404
    closed = await AsgiClient(alice.app).get(path)
    assert (closed.status, closed.errcode) == (401, "M_MISSING_TOKEN")
