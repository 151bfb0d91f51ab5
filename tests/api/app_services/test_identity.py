"""Whom an app service may act as, and what it may make. Spec: application-service, Client-Server API Extensions."""

from pathlib import Path

import pytest

from tests.helpers.app_service import AS_TOKEN, Ghost, ghost, written
from tests.helpers.asgi import AsgiClient
from tests.helpers.people import CLIENT, Person, room
from tests.helpers.server import RunningServer

APP_SERVICE = "m.login.application_service"
REGISTER = f"{CLIENT}/register"


async def test_the_sender_exists_and_is_who_speaks_if_nobody_is_named(bot: Ghost) -> None:
    assert await bot.done("GET", "account/whoami") == {"user_id": "@ircbot:test"}
    assert (await bot.get(f"{CLIENT}/profile/@ircbot:test")).status == 200


async def test_it_makes_users_of_its_namespace_and_acts_as_them(homeserver: RunningServer, bot: Ghost) -> None:
    made = await bot.done("POST", "register", {"type": APP_SERVICE, "username": "_irc_ada", "inhibit_login": True})
    assert made == {"user_id": "@_irc_ada:test"}
    ada = Ghost(homeserver, "@_irc_ada:test")
    assert await ada.done("GET", "account/whoami") == {"user_id": "@_irc_ada:test"}
    await ada.done("PUT", "profile/@_irc_ada:test/displayname", {"displayname": "Ada"})
    assert (await bot.done("GET", "profile/@_irc_ada:test"))["displayname"] == "Ada"


async def test_a_user_may_be_signed_in_when_it_is_made(homeserver: RunningServer, bot: Ghost) -> None:
    made = await bot.done("POST", "register", {"type": APP_SERVICE, "username": "_irc_ada", "device_id": "IRC"})
    ada = Person(homeserver.app.http, made["user_id"], "IRC", made["access_token"])
    assert await ada.done("GET", "account/whoami") == {
        "user_id": "@_irc_ada:test",
        "device_id": "IRC",
    }


async def test_a_user_is_made_once(homeserver: RunningServer, bot: Ghost) -> None:
    await ghost(homeserver, "_irc_ada")
    reply = await bot.post(REGISTER, {"type": APP_SERVICE, "username": "_irc_ada"})
    assert (reply.status, reply.errcode) == (400, "M_USER_IN_USE")
    missing = await bot.post(REGISTER, {"type": APP_SERVICE})
    assert (missing.status, missing.errcode) == (400, "M_MISSING_PARAM")


@pytest.mark.parametrize("username", ["ada", "irc_ada", "x_irc_ada"])
async def test_users_outside_its_namespace_are_not_its_to_make(bot: Ghost, username: str) -> None:
    reply = await bot.post(REGISTER, {"type": APP_SERVICE, "username": username})
    assert (reply.status, reply.errcode) == (400, "M_EXCLUSIVE")
    login = {"type": APP_SERVICE, "identifier": {"type": "m.id.user", "user": username}}
    assert (await bot.post(f"{CLIENT}/login", login)).errcode == "M_EXCLUSIVE"


async def test_people_cannot_take_the_names_it_reserves(homeserver: RunningServer) -> None:
    anybody = AsgiClient(homeserver.app.http)
    account = {"username": "_irc_eve", "password": "long enough", "auth": {"type": "m.login.dummy"}}
    reply = await anybody.post(REGISTER, account)
    assert (reply.status, reply.errcode) == (400, "M_EXCLUSIVE")
    free = await anybody.get(f"{REGISTER}/available", query={"username": "_irc_eve"})
    assert (free.status, free.errcode) == (400, "M_EXCLUSIVE")
    assert (await anybody.get(f"{REGISTER}/available", query={"username": "eve"})).status == 200


async def test_it_signs_its_users_in_without_a_password(homeserver: RunningServer, bot: Ghost) -> None:
    await ghost(homeserver, "_irc_ada")
    flows = (await bot.done("GET", "login"))["flows"]
    assert {"type": APP_SERVICE} in flows
    for user in ("_irc_ada", "@_irc_ada:test"):
        login = {"type": APP_SERVICE, "identifier": {"type": "m.id.user", "user": user}, "device_id": "IRC"}
        signed_in = await bot.done("POST", "login", login)
        ada = Person(homeserver.app.http, signed_in["user_id"], "IRC", signed_in["access_token"])
        assert (await ada.done("GET", "account/whoami"))["device_id"] == "IRC"
    nobody = {"type": APP_SERVICE, "identifier": {"type": "m.id.user", "user": "_irc_bob"}}
    assert (await bot.post(f"{CLIENT}/login", nobody)).errcode == "M_FORBIDDEN"


@pytest.mark.parametrize("path", [f"{CLIENT}/login", REGISTER])
async def test_without_its_token_nobody_is_an_app_service(homeserver: RunningServer, path: str) -> None:
    body = {"type": APP_SERVICE, "username": "_irc_ada", "identifier": {"type": "m.id.user", "user": "_irc_ada"}}
    missing = await AsgiClient(homeserver.app.http).post(path, body)
    assert (missing.status, missing.errcode) == (401, "M_MISSING_TOKEN")
    unknown = await AsgiClient(homeserver.app.http, AS_TOKEN + "x").post(path, body)
    assert (unknown.status, unknown.errcode) == (401, "M_UNKNOWN_TOKEN")


@pytest.mark.parametrize("user_id", ["@alice:test", "@_irc_nobody:test", "@_irc_ada:elsewhere", "@_ircx:test"])
async def test_it_acts_as_nobody_else(homeserver: RunningServer, alice: Person, user_id: str) -> None:
    await ghost(homeserver, "_irc_ada")
    reply = await Ghost(homeserver, user_id).get("account/whoami")
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_a_person_names_nobody_to_act_as(alice: Person) -> None:
    who = await alice.done("GET", "account/whoami", query={"user_id": "@_irc_ada:test"})
    assert who["user_id"] == "@alice:test"


@pytest.mark.parametrize("name", ["device_id", "org.matrix.msc3202.device_id"])
async def test_it_acts_as_a_device_of_its_user(homeserver: RunningServer, name: str) -> None:
    ada = await ghost(homeserver, "_irc_ada")
    await ada.put("devices/IRC", {})
    who = await ada.done("GET", "account/whoami", query={name: "IRC"})
    assert who == {"user_id": "@_irc_ada:test", "device_id": "IRC"}
    reply = await ada.get("account/whoami", query={name: "OTHER"})
    assert (reply.status, reply.errcode) == (400, "M_UNKNOWN_DEVICE")


async def test_it_makes_names_and_removes_devices_with_nothing_to_prove(homeserver: RunningServer) -> None:
    ada = await ghost(homeserver, "_irc_ada")
    assert (await ada.put("devices/IRC", {"display_name": "Bridge"})).status == 201
    assert (await ada.put("devices/IRC", {})).status == 200
    assert (await ada.done("GET", "devices/IRC"))["display_name"] == "Bridge"
    assert (await ada.put("devices/SECOND", {})).status == 201
    assert (await ada.delete("devices/IRC", {})).status == 200
    assert (await ada.post("delete_devices", {"devices": ["SECOND"]})).status == 200
    assert (await ada.done("GET", "devices"))["devices"] == []


async def test_people_make_no_devices_so(alice: Person) -> None:
    reply = await alice.put("devices/ANOTHER", {"display_name": "Phone"})
    assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")
    assert (await alice.delete(f"devices/{alice.device_id}", {})).status == 401


async def test_it_may_say_when_a_message_was_sent(homeserver: RunningServer, alice: Person) -> None:
    ada = await ghost(homeserver, "_irc_ada")
    room_id = await ada.creates_room(preset="public_chat")
    content = {"msgtype": "m.text", "body": "from before"}
    for path in (room(room_id, "send", "m.room.message", "1"), room(room_id, "state", "m.room.topic", "")):
        sent = await ada.done("PUT", path, content, query={"ts": 1_400_000_000_000})
        event = await ada.done("GET", room(room_id, "event", sent["event_id"]))
        assert event["origin_server_ts"] == 1_400_000_000_000
    await alice.joins(room_id)
    sent = await alice.done("PUT", room(room_id, "send", "m.room.message", "2"), content, query={"ts": 1})
    assert (await alice.done("GET", room(room_id, "event", sent["event_id"])))["origin_server_ts"] > 1


@pytest.mark.parametrize("ts", ["-1", "soon", "9007199254740992", "1" * 30])
async def test_a_time_that_no_event_can_have_is_refused(homeserver: RunningServer, ts: str) -> None:
    ada = await ghost(homeserver, "_irc_ada")
    room_id = await ada.creates_room()
    reply = await ada.put(room(room_id, "send", "m.room.message", "1"), {"body": "x"}, query={"ts": ts})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_a_message_sent_again_without_a_device_is_sent_once(homeserver: RunningServer) -> None:
    ada = await ghost(homeserver, "_irc_ada")
    room_id = await ada.creates_room()
    assert await ada.says(room_id, "hello") != await ada.says(room_id, "hello")
    assert await ada.sends(room_id, "m.room.message", {"body": "x"}, "same") == await ada.sends(
        room_id, "m.room.message", {"body": "x"}, "same"
    )


async def test_it_syncs_as_its_user_without_a_device(homeserver: RunningServer) -> None:
    ada = await ghost(homeserver, "_irc_ada")
    room_id = await ada.creates_room()
    told = await ada.syncs()
    assert room_id in told["rooms"]["join"]
    await ada.put("devices/IRC", {})
    await ada.delete("devices/IRC", {})
    await ada.says(room_id, "news")
    assert room_id in (await ada.syncs(told["next_batch"]))["rooms"]["join"]


async def test_floods_of_a_trusted_bridge_are_not_slowed(homeserver: RunningServer, bot: Ghost, alice: Person) -> None:
    for number in range(30):
        await ghost(homeserver, f"_irc_{number}")
    ada = Ghost(homeserver, "@_irc_1:test")
    room_id = await ada.creates_room()
    replies = [await ada.put(room(room_id, "send", "m.room.message", f"{n}"), {"body": "x"}) for n in range(120)]
    assert {reply.status for reply in replies} == {200}


async def test_floods_of_other_bridges_are_slowed_but_not_of_their_sender(tmp_path: Path) -> None:
    server = RunningServer(tmp_path, rate_limits="on", app_services=str(written(tmp_path, rate_limited=...)))
    await server.start()
    bot, ada = Ghost(server, None), await ghost(server, "_irc_ada")
    statuses: dict[str, set[int]] = {"bot": set(), "ada": set()}
    for name, person in (("bot", bot), ("ada", ada)):
        for _ in range(60):
            statuses[name].add((await person.post(f"{CLIENT}/createRoom", {"preset": "no such"})).status)
    assert statuses == {"bot": {400}, "ada": {400, 429}}
    await server.stop()
