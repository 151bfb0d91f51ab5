"""Guests: what they may do, where they may come in, and how they get an account."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.helpers.asgi import AsgiClient, Reply, segment
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer

REGISTER = "/_matrix/client/v3/register"
PASSWORD = "a password of many words"


@pytest.fixture
async def homeserver(tmp_path: Path, new_database: Callable[[], str | None]) -> AsyncIterator[RunningServer]:
    """A server that takes guests and lets anybody register."""
    server = RunningServer(tmp_path, database=new_database(), guests="on", registration="open")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def guest(homeserver: RunningServer) -> Person:
    body = {"initial_device_display_name": "Kiosk", "username": "chosen", "password": "x", "device_id": "CHOSEN"}
    reply = await AsgiClient(homeserver.app.http).post(REGISTER, body, query={"kind": "guest"})
    assert reply.status == 200, reply.body
    return Person(homeserver.app.http, reply.json["user_id"], reply.json["device_id"], reply.json["access_token"])


async def open_room(alice: Person, guest_access: str | None = "can_join") -> str:
    """A room that anybody may join who is not a guest, and guests if it says so."""
    room_id = await alice.creates_room(preset="public_chat")
    if guest_access is not None:
        await alice.sets(room_id, "m.room.guest_access", {"guest_access": guest_access})
    return room_id


async def register(guest: Person, **body: object) -> Reply:
    whole = {"guest_access_token": guest.token, "password": PASSWORD, "auth": {"type": "m.login.dummy"}} | body
    return await AsgiClient(guest.app).post(REGISTER, whole)


async def test_a_guest_chooses_neither_name_nor_device(guest: Person) -> None:
    assert "chosen" not in guest.user_id
    assert guest.device_id != "CHOSEN"
    assert (await guest.done("GET", "account/whoami"))["is_guest"] is True
    assert (await guest.done("GET", f"devices/{guest.device_id}"))["display_name"] == "Kiosk"


async def test_a_guest_does_only_what_guests_may(guest: Person, alice: Person) -> None:
    me = segment(guest.user_id)
    for method, path in (
        ("POST", "createRoom"),
        ("POST", f"user/{me}/filter"),
        ("PUT", f"user/{me}/account_data/a"),
        ("PUT", f"profile/{me}/avatar_url"),
        ("POST", "join/%23a:test"),
        ("GET", "joined_rooms"),
        ("POST", "account/deactivate"),
        ("POST", f"user/{me}/openid/request_token"),
    ):
        reply = await guest.request(method, path, json={})
        assert (reply.status, reply.errcode) == (403, "M_GUEST_ACCESS_FORBIDDEN"), path
    await guest.done("PUT", f"profile/{me}/displayname", {"displayname": "A guest"})
    await guest.done("DELETE", f"profile/{me}/displayname")
    assert (await guest.syncs())["next_batch"]
    await guest.done("PUT", f"devices/{guest.device_id}", {"display_name": "Booth"})


async def test_a_guest_joins_where_guests_may_and_talks(guest: Person, alice: Person) -> None:
    room_id = await open_room(alice)
    await guest.joins(room_id)
    await guest.says(room_id, "good morning")
    assert "good morning" in await alice.reads(room_id)
    await guest.leaves(room_id)


@pytest.mark.parametrize("guest_access", ["forbidden", None, "nonsense"])
async def test_a_guest_joins_nowhere_else(guest: Person, alice: Person, bob: Person, guest_access: str | None) -> None:
    room_id = await open_room(alice, guest_access)
    for reply in (
        await guest.post(room(room_id, "join"), {}),
        await guest.put(room(room_id, "state", "m.room.member", guest.user_id), {"membership": "join"}),
    ):
        assert (reply.status, reply.errcode) == (403, "M_GUEST_ACCESS_FORBIDDEN")
    await bob.joins(room_id)


async def test_guests_are_sent_away_when_a_room_closes_to_them(guest: Person, alice: Person, bob: Person) -> None:
    room_id = await open_room(alice)
    await guest.joins(room_id)
    await bob.joins(room_id)
    await alice.sets(room_id, "m.room.guest_access", {"guest_access": "forbidden"})
    members = await alice.done("GET", room(room_id, "joined_members"))
    assert set(members["joined"]) == {alice.user_id, bob.user_id}


async def test_guests_are_sent_away_when_what_let_them_in_is_taken_back(guest: Person, alice: Person) -> None:
    room_id = await open_room(alice, guest_access=None)
    opened = await alice.sets(room_id, "m.room.guest_access", {"guest_access": "can_join"})
    await guest.joins(room_id)
    await alice.done("PUT", room(room_id, "redact", opened, "t"), {})
    members = await alice.done("GET", room(room_id, "joined_members"))
    assert set(members["joined"]) == {alice.user_id}


async def test_a_guest_becomes_a_person_with_a_password(
    homeserver: RunningServer, guest: Person, alice: Person
) -> None:
    room_id = await open_room(alice)
    await guest.joins(room_id)
    name = guest.user_id[1:].split(":")[0]
    reply = await register(guest, username=name)
    assert (reply.status, reply.json["user_id"]) == (200, guest.user_id)
    assert (await guest.done("GET", "account/whoami")) == {"user_id": guest.user_id, "device_id": guest.device_id}
    assert (await guest.done("GET", "joined_rooms"))["joined_rooms"] == [room_id]
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": name}, "password": PASSWORD}
    assert (await AsgiClient(guest.app).post("/_matrix/client/v3/login", login)).status == 200


async def test_a_guest_takes_no_other_name_and_nobody_elses_token(guest: Person, alice: Person) -> None:
    assert (await register(guest)).errcode == "M_MISSING_PARAM"
    reply = await register(guest, username="another")
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    reply = await register(alice, username="alice")
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    reply = await register(guest, username="x", guest_access_token="unknown")
    assert (reply.status, reply.errcode) == (401, "M_UNKNOWN_TOKEN")


async def test_guests_alone_do_not_set_a_server_up(homeserver: RunningServer, guest: Person) -> None:
    assert await homeserver.app.base.accounts.setup.is_needed()
