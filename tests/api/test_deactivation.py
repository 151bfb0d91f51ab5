"""What is left of somebody who gave up their account."""

from typing import Any

from tests.helpers.asgi import AsgiClient, segment
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer

PASSWORD = "a password of many words"


async def with_password(server: RunningServer, name: str) -> Person:
    """Somebody who can prove that it is them."""
    person = await server.person(name)
    await server.app.base.accounts.users.change_password(person.user_id, PASSWORD, signs_out=False)  # type: ignore[arg-type]
    return person


async def gives_up(server: RunningServer, person: Person, **body: object) -> None:
    auth = {"type": "m.login.password", "password": PASSWORD}
    told = await person.done("POST", "account/deactivate", {"auth": auth} | body)
    assert told == {"id_server_unbind_result": "success"}
    await server.settle()


async def membership(alice: Person, room_id: str, person: Person) -> Any:
    return (await alice.done("GET", room(room_id, "state", "m.room.member", person.user_id)))["membership"]


async def test_they_leave_their_rooms_and_refuse_their_invitations(
    homeserver: RunningServer, alice: Person, a_room: str
) -> None:
    zoe = await with_password(homeserver, "zoe")
    rooms = [await alice.creates_room(invite=[zoe.user_id]) for _ in range(3)]
    await zoe.joins(rooms[0])
    await zoe.joins(rooms[1])
    await gives_up(homeserver, zoe)
    assert [await membership(alice, room_id, zoe) for room_id in rooms] == ["leave"] * 3
    assert await homeserver.app.base.accounts.profiles.news() == []


async def test_they_leave_also_if_the_server_stopped_before(homeserver: RunningServer, alice: Person) -> None:
    zoe = await with_password(homeserver, "zoe")
    room_id = await alice.creates_room(invite=[zoe.user_id])
    await zoe.joins(room_id)
    homeserver.app.base.changes._followers.clear()
    await gives_up(homeserver, zoe)
    assert await membership(alice, room_id, zoe) == "join"
    await homeserver.stop()
    await homeserver.start()
    await homeserver.settle()
    alice.app = homeserver.app.http
    assert await membership(alice, room_id, zoe) == "leave"


async def test_without_erasing_what_they_said_and_their_name_stay(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    zoe = await with_password(homeserver, "zoe")
    room_id = await zoe.creates_room(preset="public_chat")
    await zoe.says(room_id, "hello")
    await alice.joins(room_id)
    await gives_up(homeserver, zoe)
    await bob.joins(room_id)
    assert await bob.reads(room_id) == ["hello"]
    assert await bob.done("GET", f"profile/{segment(zoe.user_id)}") == {"displayname": "Zoe"}


async def test_erased_they_have_no_profile_and_newcomers_do_not_read_what_they_said(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    zoe = await with_password(homeserver, "zoe")
    await zoe.done("PUT", f"user/{segment(zoe.user_id)}/account_data/a", {"a": 1})
    await zoe.done("PUT", f"profile/{segment(zoe.user_id)}/m.tz", {"m.tz": "Europe/Rome"})
    room_id = await zoe.creates_room(preset="public_chat")
    await zoe.says(room_id, "before anybody came")
    await alice.joins(room_id)
    await alice.says(room_id, "hello")
    said = await zoe.says(room_id, "when alice was there")
    await gives_up(homeserver, zoe, erase=True)
    assert (await alice.get(f"profile/{segment(zoe.user_id)}")).errcode == "M_NOT_FOUND"
    await bob.joins(room_id)
    assert await bob.reads(room_id) == ["hello"]
    event = await bob.done("GET", room(room_id, "event", said))
    assert (event["content"], event["sender"]) == ({}, zoe.user_id)
    assert await alice.reads(room_id) == ["when alice was there", "hello"]
    newest = (await alice.syncs())["rooms"]["join"][room_id]["timeline"]["events"]
    assert {"msgtype": "m.text", "body": "when alice was there"} in [event["content"] for event in newest]


async def test_nobody_gets_the_name_of_somebody_who_is_gone(homeserver: RunningServer) -> None:
    zoe = await with_password(homeserver, "zoe")
    await gives_up(homeserver, zoe, erase=True)
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "zoe"}, "password": PASSWORD}
    reply = await AsgiClient(zoe.app).post("/_matrix/client/v3/login", login)
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    assert await homeserver.app.base.accounts.users.exists(zoe.user_id) is False  # type: ignore[arg-type]
