"""Users, aliases and networks that an app service is asked about. Spec: application-service, Querying; Third-party."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sottovoce.domains.appservices.service import queries
from sottovoce.infra.db.model import Query
from sottovoce.protocol.ids import RoomId
from tests.helpers.app_service import HS_TOKEN, Bridge, Ghost, ghost, written
from tests.helpers.asgi import AsgiClient, segment
from tests.helpers.people import CLIENT, Person, room
from tests.helpers.server import RunningServer
from tests.helpers.web_server import Answer, Asked


@pytest.fixture
async def alice(bridge: Bridge) -> Person:
    return await bridge.homeserver.person("alice")


def knows(bridge: Bridge, makes: Callable[[], Any]) -> None:
    """From now on the bridge makes what it is asked about before it answers."""
    bridge.making = makes


@pytest.mark.parametrize("by", ["invite", "createRoom", "profile"])
async def test_a_user_nobody_knows_is_asked_for_and_made(bridge: Bridge, alice: Person, by: str) -> None:
    user_id = "@_irc_ada:test"
    room_id = await alice.creates_room()
    knows(bridge, lambda: ghost(bridge.homeserver, "_irc_ada"))
    if by == "invite":
        await alice.done("POST", room(room_id, "invite"), {"user_id": user_id})
    elif by == "createRoom":
        await alice.creates_room(invite=[user_id])
    else:
        await alice.done("GET", f"profile/{user_id}")
    asked = next(asked for asked in bridge.asked if "/users/" in asked.path)
    assert (asked.method, asked.path) == ("GET", f"/irc/_matrix/app/v1/users/{segment(user_id)}")
    assert asked.headers["authorization"] == f"Bearer {HS_TOKEN}"


async def test_a_user_that_the_bridge_does_not_know_is_nobody(bridge: Bridge, alice: Person) -> None:
    bridge.answering = lambda asked: Answer(404)
    room_id = await alice.creates_room()
    for user_id in ("@_irc_ada:test", "@_irc_ada:elsewhere", "@nobody:test"):
        assert (await alice.post(room(room_id, "invite"), {"user_id": user_id})).errcode == "M_NOT_FOUND"
    assert {asked.path.rpartition("/")[2] for asked in bridge.asked} == {segment("@_irc_ada:test")}


async def test_a_bridge_that_says_yes_and_makes_nobody_is_not_believed(bridge: Bridge, alice: Person) -> None:
    room_id = await alice.creates_room()
    assert (await alice.post(room(room_id, "invite"), {"user_id": "@_irc_ada:test"})).errcode == "M_NOT_FOUND"


async def test_whoever_waits_for_a_bridge_that_says_nothing_is_told(
    bridge: Bridge, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "ANSWER_WITHIN_S", 0.02)
    room_id = await alice.creates_room()
    bridge.hold = asyncio.Event()
    reply = await alice.post(room(room_id, "invite"), {"user_id": "@_irc_ada:test"})
    assert reply.status == 408
    assert len(bridge.asked) == queries.TRIES
    bridge.hold.set()


async def test_a_bridge_that_is_not_there_knows_nobody(bridge: Bridge, alice: Person) -> None:
    bridge._server.close()
    await bridge._server.wait_closed()
    room_id = await alice.creates_room()
    assert (await alice.post(room(room_id, "invite"), {"user_id": "@_irc_ada:test"})).errcode == "M_NOT_FOUND"


@pytest.mark.parametrize("by", ["join", "directory"])
async def test_an_alias_nobody_knows_is_asked_for_and_made(bridge: Bridge, alice: Person, by: str) -> None:
    alias = "#_irc_lake:test"
    ada = await ghost(bridge.homeserver, "_irc_ada")
    knows(bridge, lambda: ada.creates_room(preset="public_chat", room_alias_name="_irc_lake"))
    if by == "join":
        found = await alice.done("POST", f"join/{segment(alias)}", {})
    else:
        found = await alice.done("GET", f"directory/room/{segment(alias)}")
    assert found["room_id"].startswith("!")
    (asked,) = [asked for asked in bridge.asked if "/rooms/" in asked.path]
    assert asked.path == f"/irc/_matrix/app/v1/rooms/{segment(alias)}"
    assert (await alice.get(f"directory/room/{segment('#lake:test')}")).errcode == "M_NOT_FOUND"


async def test_aliases_it_reserves_are_made_and_removed_by_nobody_else(bridge: Bridge, alice: Person) -> None:
    room_id = await alice.creates_room(preset="public_chat")
    ada = await ghost(bridge.homeserver, "_irc_ada")
    await ada.joins(room_id)
    path = f"{CLIENT}/directory/room/{segment('#_irc_lake:test')}"
    refused = [
        await alice.put(path, {"room_id": room_id}),
        await alice.post("createRoom", {"room_alias_name": "_irc_lake"}),
        await ada.put(f"directory/room/{segment('#lake:test')}", {"room_id": room_id}),
        await ada.post("createRoom", {"room_alias_name": "lake"}),
    ]
    await ada.done("PUT", path, {"room_id": room_id})
    refused.append(await alice.delete(path))
    assert [(reply.status, reply.errcode) for reply in refused] == [(400, "M_EXCLUSIVE")] * 5
    await Ghost(bridge.homeserver, None).done("DELETE", path)


PROTOCOL: dict[str, Any] = {
    "user_fields": ["network", "nickname"],
    "location_fields": ["network", "channel"],
    "icon": "mxc://example.org/icon",
    "field_types": {"network": {"regexp": ".*", "placeholder": "irc.example.org"}},
    "instances": [{"network_id": "freenode", "desc": "Freenode", "fields": {"network": "freenode"}}],
}
PLACE = {"alias": "#_irc_lake:test", "protocol": "irc", "fields": {"channel": "#lake"}}
SOMEBODY = {"userid": "@_irc_ada:test", "protocol": "irc", "fields": {"nickname": "ada"}}


def networked(asked: Asked) -> Answer:
    for part, answer in (("/protocol/", PROTOCOL), ("/location", [PLACE]), ("/user", [SOMEBODY])):
        if part in asked.path:
            return Answer(200, json.dumps(answer).encode())
    return Answer()


@pytest.fixture
async def network(tmp_path: Path, new_database: Callable[[], str | None]) -> Any:
    """A bridge to two networks, one of which it knows nothing of, and another bridge that is not there."""
    async with Bridge() as bridge:
        bridge.answering = networked
        files = [
            written(tmp_path, url=bridge.address, protocols=["irc"]),
            written(
                tmp_path, id="sms", as_token="x", sender_localpart="smsbot", url="http://127.0.0.1:9", protocols=["sms"]
            ),
        ]
        server = RunningServer(
            tmp_path, database=new_database(), public_directory="on", app_services=",".join(map(str, files))
        )
        bridge.homeserver = server
        await server.start()
        yield bridge
        await server.stop()


async def test_the_protocols_of_all_bridges_are_told(network: Bridge) -> None:
    alice = await network.homeserver.person("alice")
    instance = {**PROTOCOL["instances"][0], "instance_id": "irc|freenode"}
    assert await alice.done("GET", "thirdparty/protocols") == {"irc": PROTOCOL | {"instances": [instance]}}
    assert (await alice.done("GET", "thirdparty/protocol/irc"))["instances"] == [instance]
    for name in ("sms", "nothing"):
        assert (await alice.get(f"thirdparty/protocol/{name}")).errcode == "M_NOT_FOUND"
    anybody = AsgiClient(network.homeserver.app.http)
    assert (await anybody.get(f"{CLIENT}/thirdparty/protocols")).status == 401


async def test_places_and_people_are_searched_by_fields(network: Bridge) -> None:
    alice = await network.homeserver.person("alice")
    found = await alice.done("GET", "thirdparty/location/irc", query={"channel": "#lake", "access_token": "mine"})
    assert found == [PLACE]
    assert network.asked[-1].path == "/_matrix/app/v1/thirdparty/location/irc?channel=%23lake"
    assert await alice.done("GET", "thirdparty/user/irc", query={"nickname": "ada"}) == [SOMEBODY]
    assert await alice.done("GET", "thirdparty/location", query={"alias": "#_irc_lake:test"}) == [PLACE]
    assert await alice.done("GET", "thirdparty/user", query={"userid": "@_irc_ada:test"}) == [SOMEBODY]
    assert network.asked[-1].path == "/_matrix/app/v1/thirdparty/user?userid=%40_irc_ada%3Atest"
    assert (await alice.get("thirdparty/user")).errcode == "M_MISSING_PARAM"
    assert (await alice.get("thirdparty/user/irc", query={"x": "y" * 2_001})).errcode == "M_INVALID_PARAM"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[1]", b"\xff", b'[{"alias": 1}]', b"[" * 100_000])
async def test_answers_that_make_no_sense_are_left_out(network: Bridge, body: bytes) -> None:
    alice = await network.homeserver.person("alice")
    network.answering = lambda asked: Answer(200, body)
    assert await alice.done("GET", "thirdparty/protocols") == {}
    for path in ("protocol/irc", "location/irc", "user/irc", "user?userid=x", "location?alias=x"):
        assert (await alice.get(f"thirdparty/{path}")).errcode == "M_NOT_FOUND"


async def test_a_bridge_lists_rooms_of_its_network(network: Bridge) -> None:
    bot = Ghost(network.homeserver, None)
    alice = await network.homeserver.person("alice")
    room_id = await bot.creates_room(preset="public_chat", name="The lake")
    path = f"directory/list/appservice/freenode/{segment(room_id)}"
    await bot.done("PUT", path, {"visibility": "public"})
    listed = await alice.done("POST", "publicRooms", {"third_party_instance_id": "irc|freenode"})
    assert [each["room_id"] for each in listed["chunk"]] == [room_id]
    everywhere = await alice.done("POST", "publicRooms", {"include_all_networks": True})
    assert [each["room_id"] for each in everywhere["chunk"]] == [room_id]
    for question in ({}, {"third_party_instance_id": "irc|other"}, {"third_party_instance_id": "sms|freenode"}):
        assert (await alice.done("POST", "publicRooms", question))["chunk"] == []
    await bot.done("PUT", path, {"visibility": "private"})
    assert (await alice.done("POST", "publicRooms", {"third_party_instance_id": "irc|freenode"}))["chunk"] == []


async def test_only_bridges_list_rooms_so(network: Bridge) -> None:
    bot, alice = Ghost(network.homeserver, None), await network.homeserver.person("alice")
    room_id = await alice.creates_room(preset="public_chat")
    path = f"directory/list/appservice/freenode/{segment(room_id)}"
    assert (await alice.put(path, {"visibility": "public"})).errcode == "M_FORBIDDEN"
    assert (await bot.put(path, {"visibility": "somewhere"})).errcode == "M_INVALID_PARAM"
    assert (await bot.put(path, {})).errcode == "M_MISSING_PARAM"
    long = f"directory/list/appservice/{'x' * 256}/{segment(room_id)}"
    assert (await bot.put(long, {"visibility": "public"})).errcode == "M_INVALID_PARAM"
    nowhere = f"directory/list/appservice/freenode/{segment('!nowhere')}"
    assert (await bot.put(nowhere, {"visibility": "public"})).errcode == "M_NOT_FOUND"


async def test_a_server_that_lists_no_rooms_lists_none_of_bridges(bridge: Bridge) -> None:
    bot = Ghost(bridge.homeserver, None)
    room_id = await bot.creates_room(preset="public_chat")
    path = f"directory/list/appservice/freenode/{segment(room_id)}"
    assert (await bot.put(path, {"visibility": "public"})).errcode == "M_FORBIDDEN"
    assert (await bot.put(path, {"visibility": "private"})).status == 200


async def test_a_room_that_is_erased_stands_in_no_list(network: Bridge) -> None:
    bot = Ghost(network.homeserver, None)
    room_id = await bot.creates_room(preset="public_chat")
    await bot.done("PUT", f"directory/list/appservice/freenode/{segment(room_id)}", {"visibility": "public"})
    messenger = network.homeserver.app.messenger
    assert messenger is not None
    await messenger.erasing.erase_room(RoomId(room_id))
    row = await network.homeserver.app.base.database.one(Query("SELECT COUNT(*) FROM app_service_rooms"))
    assert row == (0,)
