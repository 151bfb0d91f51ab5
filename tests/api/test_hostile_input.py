"""Nothing that anybody sends makes the server fail, and a stranger gets nothing out of a room."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from sottovoce.http.routing import Route
from tests.helpers import hostile
from tests.helpers.asgi import segment
from tests.helpers.people import Person
from tests.helpers.people import room as path_of
from tests.helpers.server import RunningServer

SECRET = "under the seventh stone"
USER = segment("@alice:test")
PROOF = {
    "type": "m.login.password",
    "session": "x",
    "identifier": {"type": "m.id.user", "user": "alice"},
    "password": "x",
}
SIGNED = {"sender": "@a:b", "mxid": "@x:y", "token": "t", "signatures": {"a": {"b": "c"}}}

BODIES: dict[str, dict[str, Any]] = {
    "POST createRoom": {
        "name": "a",
        "room_alias_name": "z",
        "visibility": "private",
        "preset": "private_chat",
        "invite": ["@bob:test"],
        "is_direct": True,
        "room_version": "11",
        "creation_content": {"m.federate": True, "type": "x"},
        "initial_state": [{"type": "m.x", "state_key": "", "content": {"a": 1}}],
        "power_level_content_override": {"users": {"@alice:test": 100}, "events": {"m.room.name": 50}, "ban": 50},
        "invite_3pid": [],
    },
    "POST login": {"type": "m.login.password", "identifier": PROOF["identifier"], "password": "x", "device_id": "D"},
    "POST register": {
        "username": "a",
        "password": "of many words",
        "device_id": "D",
        "auth": {"type": "m.login.dummy"},
    },
    "POST refresh": {"refresh_token": "x"},
    "POST account/password": {"new_password": "of many words", "logout_devices": False, "auth": PROOF},
    "POST account/deactivate": {"auth": PROOF, "erase": True},
    "POST delete_devices": {"devices": ["a"], "auth": PROOF},
    "PUT devices/D": {"display_name": "x"},
    f"PUT profile/{USER}/displayname": {"displayname": "x"},
    f"PUT profile/{USER}/avatar_url": {"avatar_url": "mxc://a/b"},
    f"PUT user/{USER}/account_data/m.direct": {"@bob:test": ["!x:y"]},
    f"PUT user/{USER}/rooms/ROOM/account_data/m.tag": {"tags": {"u.x": {"order": 0.5}}},
    f"POST user/{USER}/filter": {
        "event_fields": ["a"],
        "event_format": "client",
        "presence": {"limit": 1, "types": ["a"], "not_senders": ["x"]},
        "room": {"rooms": ["a"], "include_leave": True, "timeline": {"limit": 3, "types": ["m.*"]}},
    },
    "PUT rooms/ROOM/send/m.room.message/TXN": {
        "msgtype": "m.text",
        "body": "x",
        "m.mentions": {"user_ids": ["@bob:test"], "room": True},
        "m.relates_to": {"rel_type": "m.thread", "event_id": "EVENT", "m.in_reply_to": {"event_id": "EVENT"}},
    },
    "PUT rooms/ROOM/send/m.room.redaction/TXN": {"redacts": "$x", "reason": "x"},
    "PUT rooms/ROOM/redact/$unknown/TXN": {"reason": "x"},
    "PUT rooms/ROOM/state/m.room.topic/": {"topic": "x", "m.topic": {"m.text": [{"body": "x"}]}},
    "PUT rooms/ROOM/state/m.room.power_levels": {"users": {"@bob:test": 5}, "events": {"m.room.name": 50}, "ban": 50},
    "PUT rooms/ROOM/state/m.room.member/@bob:test": {
        "membership": "invite",
        "displayname": "x",
        "third_party_invite": {"display_name": "x", "signed": SIGNED},
        "join_authorised_via_users_server": "@x:test",
    },
    "PUT rooms/ROOM/state/m.room.join_rules": {"join_rule": "restricted", "allow": [{"type": "x", "room_id": "!x:y"}]},
    "PUT rooms/ROOM/state/m.room.history_visibility": {"history_visibility": "shared"},
    "PUT rooms/ROOM/state/m.room.canonical_alias": {"alias": "#x:test", "alt_aliases": ["#y:test"]},
    "PUT rooms/ROOM/state/m.room.create": {"room_version": "12", "additional_creators": ["@x:y"]},
    "PUT rooms/ROOM/state/m.room.third_party_invite/x": {"public_key": "x", "public_keys": [{"public_key": "x"}]},
    "POST rooms/ROOM/invite": {"user_id": "@carol:test", "reason": "x"},
    "POST rooms/ROOM/kick": {"user_id": "@carol:test", "reason": "x"},
    "POST rooms/ROOM/ban": {"user_id": "@carol:test", "reason": "x"},
    "POST rooms/ROOM/join": {"reason": "x", "third_party_signed": SIGNED},
    f"PUT rooms/ROOM/typing/{USER}": {"typing": True, "timeout": 1000},
    "POST rooms/ROOM/receipt/m.read/EVENT": {"thread_id": "main"},
    "POST rooms/ROOM/read_markers": {"m.fully_read": "EVENT", "m.read": "EVENT", "m.read.private": "EVENT"},
    f"PUT presence/{USER}/status": {"presence": "online", "status_msg": "x"},
    "PUT pushrules/global/content/x": {"actions": ["notify", {"set_tweak": "sound", "value": "x"}], "pattern": "x*?"},
    "PUT pushrules/global/override/x": {
        "actions": [],
        "conditions": [
            {"kind": "event_match", "key": "content.body", "pattern": "x"},
            {"kind": "event_property_is", "key": "content.m\\.x", "value": 1},
            {"kind": "room_member_count", "is": "<2"},
        ],
    },
    "PUT pushrules/global/override/.m.rule.master/enabled": {"enabled": False},
    "PUT pushrules/global/underride/.m.rule.message/actions": {"actions": ["notify"]},
    "POST pushers/set": {
        "kind": "http",
        "app_id": "x",
        "pushkey": "x",
        "app_display_name": "x",
        "device_display_name": "x",
        "profile_tag": "x",
        "lang": "x",
        "data": {"url": "https://192.0.2.1/_matrix/push/v1/notify", "format": "event_id_only"},
        "append": True,
    },
    "POST /_matrix/client/unstable/org.matrix.msc4174/pushers/ack": {"app_id": "x", "ack_token": "x"},
}
ARGUMENTS = {
    "sync": ("since", "filter", "full_state", "set_presence", "timeout", "use_state_after"),
    "rooms/ROOM/messages": ("from", "to", "dir", "limit", "filter"),
    "rooms/ROOM/context/EVENT": ("limit", "filter"),
    "rooms/ROOM/members": ("at", "membership", "not_membership"),
    "rooms/ROOM/state/m.room.create": ("format",),
    "register/available": ("username",),
    "notifications": ("from", "limit", "only"),
    "account/whoami": ("access_token",),
}


@pytest.fixture
async def secret_id(alice: Person, a_room: str) -> str:
    return await alice.says(a_room, SECRET)


@pytest.mark.parametrize("endpoint", BODIES)
async def test_no_body_makes_it_fail(alice: Person, a_room: str, secret_id: str, endpoint: str) -> None:
    method, path = endpoint.replace("ROOM", segment(a_room)).replace("EVENT", segment(secret_id)).split()
    for number, body in enumerate(itertools.chain(hostile.BODIES, hostile.spoilt(BODIES[endpoint]))):
        reply = await alice.request(method, path.replace("TXN", str(number)), body=body)
        assert reply.status < 500, body[:200]
    await alice.syncs()


@pytest.mark.parametrize("path", ARGUMENTS)
async def test_no_argument_makes_it_fail(alice: Person, a_room: str, secret_id: str, path: str) -> None:
    where = path.replace("ROOM", segment(a_room)).replace("EVENT", segment(secret_id))
    for name, text in itertools.product(ARGUMENTS[path], hostile.TEXTS):
        query: dict[str, object] = {"dir": "b", "timeout": 0} | {name: text}
        reply = await alice.request("GET", where, query=query)
        assert reply.status < 500, query


async def test_no_path_makes_it_fail(homeserver: RunningServer, alice: Person, a_room: str, secret_id: str) -> None:
    for method, pattern in _patterns(homeserver):
        for path in _spoilt_paths(pattern, segment(a_room), segment(secret_id)):
            reply = await alice.request(method, path, body=b"{}")
            assert reply.status < 500, (method, path)


async def test_a_stranger_gets_nothing_out_of_a_room(
    homeserver: RunningServer, alice: Person, carol: Person, a_room: str, secret_id: str
) -> None:
    asked = [route for route in _patterns(homeserver) if "/client/v3/rooms/" in route[1]]
    assert len(asked) > 20
    for method, pattern in asked:
        path = pattern.replace("{room_id}", segment(a_room)).replace("{event_id}", segment(secret_id))
        path = path.replace("{event_type}", "m.room.create").replace("{user_id}", segment(carol.user_id))
        for body in (b"{}", b'{"user_id":"@carol:test","typing":true}'):
            reply = await carol.request(method, path, body=body, query={"dir": "b"})
            assert reply.status in (400, 403, 404) or reply.body == b"{}", (method, path)
    assert a_room not in (await carol.syncs()).get("rooms", {}).get("join", {})
    assert (await alice.reads(a_room, limit=1)) == [SECRET]


async def test_what_was_accepted_is_told_and_the_rest_is_not(alice: Person, bob: Person, a_room: str) -> None:
    since = (await bob.syncs())["next_batch"]
    accepted = []
    for number, value in enumerate(hostile.VALUES):
        for path in (path_of(a_room, "send", "x", str(number)), path_of(a_room, "state", "x", str(number))):
            reply = await alice.request("PUT", path, body=b'{"x":' + value + b"}")
            accepted += [reply.json["event_id"]] if reply.status == 200 else []
    told = (await bob.syncs(since, filter='{"room":{"timeline":{"limit":200}}}'))["rooms"]["join"][a_room]["timeline"]
    assert [event["event_id"] for event in told["events"]] == accepted
    assert len(accepted) > len(hostile.VALUES)


def _patterns(homeserver: RunningServer) -> Iterator[tuple[str, str]]:
    """The method and pattern of each route that does not end the caller's own session."""
    app = homeserver.app
    assert app.messenger is not None
    routes: list[Route] = [*app._routes(), *app.messenger.routes()]
    return ((route.method, route.pattern) for route in routes if not route.pattern.endswith(("/logout", "/logout/all")))


def _spoilt_paths(pattern: str, room_id: str, event_id: str) -> Iterator[str]:
    ordinary = {"{room_id}": room_id, "{event_id}": event_id, "{user_id}": USER}
    parts = pattern.split("/")
    for place, part in enumerate(parts):
        if part.startswith("{"):
            for spoil in hostile.SEGMENTS:
                filled = [ordinary.get(other, "x") if other.startswith("{") else other for other in parts]
                yield "/".join([*filled[:place], spoil, *filled[place + 1 :]])
