"""Texts that PostgreSQL cannot keep, or not in an index, are refused or name nothing, on both engines."""

import hashlib
from typing import Any

import pytest

from tests.helpers.asgi import segment
from tests.helpers.people import Person, room

NUL = "a\0b"
LONG = hashlib.shake_256().hexdigest(4000)
"""It does not fit into a third of a page, nor can it be pressed into one."""


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "profile/{me}/displayname", {"displayname": NUL}),
        ("PUT", "profile/{me}/avatar_url", {"avatar_url": f"mxc://test/{NUL}"}),
        ("PUT", "presence/{me}/status", {"presence": "online", "status_msg": NUL}),
        ("PUT", "devices/{device}", {"display_name": NUL}),
        ("PUT", "user/{me}/account_data/a%00b", {"a": 1}),
        ("PUT", "user/{me}/rooms/{room}/account_data/a%00b", {"a": 1}),
        ("GET", "user/{me}/filter/a%00b", None),
        ("POST", "createRoom", {"room_alias_name": NUL}),
        ("POST", "createRoom", {"invite": [f"@{NUL}:test"]}),
        ("POST", "rooms/{room}/invite", {"user_id": f"@{NUL}:test"}),
        ("PUT", "rooms/{room}/send/a%00b/t1", {"body": "x"}),
        ("PUT", "rooms/{room}/send/m.room.message/a%00b", {"body": "x"}),
        ("PUT", "rooms/{room}/state/m.room.topic/a%00b", {"topic": "x"}),
        ("PUT", f"rooms/{{room}}/send/m.room.message/{LONG}", {"body": "x"}),
        ("PUT", f"rooms/{{room}}/redact/{{event}}/{LONG}", {}),
        ("POST", "rooms/{room}/receipt/m.read/{event}", {"thread_id": f"${NUL}"}),
        ("GET", "rooms/%00/messages?dir=b", None),
        ("GET", "profile/@a%00:test", None),
    ],
)
async def test_they_are_refused(alice: Person, a_room: str, method: str, path: str, body: Any) -> None:
    event_id = await alice.says(a_room, "hello")
    names = {"me": alice.user_id, "device": alice.device_id, "room": a_room, "event": event_id}
    reply = await alice.request(method, path.format(**{name: segment(text) for name, text in names.items()}), json=body)
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM"), reply.body


async def test_an_event_whose_type_has_one_is_refused(alice: Person) -> None:
    for name in ("type", "state_key"):
        state = {"type": "t", "state_key": "k", "content": {}} | {name: NUL}
        reply = await alice.post("createRoom", {"initial_state": [state]})
        assert (reply.status, reply.errcode) == (400, "M_BAD_JSON")


@pytest.mark.parametrize("event_id", [f"${NUL}", f"${LONG}"])
async def test_an_event_of_such_a_name_is_not_found(alice: Person, a_room: str, event_id: str) -> None:
    for path, body in (
        ("read_markers", {"m.fully_read": event_id}),
        ("read_markers", {"m.read": event_id}),
        ("read_markers", {"m.read.private": event_id}),
    ):
        reply = await alice.post(room(a_room, path), body)
        assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND"), body
    reply = await alice.put(room(a_room, "send", "m.room.redaction", "t"), {"redacts": event_id})
    assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")


@pytest.mark.parametrize("rel_type", ["m.thread", "m.annotation", NUL])
async def test_a_message_that_relates_to_such_a_name_is_shown_and_counted(
    alice: Person, bob: Person, a_room: str, rel_type: str
) -> None:
    relation = {"rel_type": rel_type, "event_id": f"${NUL}"}
    content = {"msgtype": "m.text", "body": "hello\0", "m.relates_to": relation}
    event_id = await alice.sends(a_room, "m.room.message", content)
    seen = (await bob.syncs())["rooms"]["join"][a_room]
    assert seen["timeline"]["events"][-1]["content"] == content
    assert seen["unread_notifications"]["notification_count"] == 1
    reply = await bob.post(room(a_room, "receipt", "m.read", event_id), {"thread_id": f"${NUL}"})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")
    await bob.done("POST", room(a_room, "receipt", "m.read", event_id), {})
    assert (await bob.syncs())["rooms"]["join"][a_room]["unread_notifications"]["notification_count"] == 0


@pytest.mark.parametrize("number", ["9223372036854775807", "9223372036854775808", "9" * 19, "9" * 400, "-1"])
async def test_numbers_beyond_every_column_are_bounded_or_refused(alice: Person, a_room: str, number: str) -> None:
    for path in (f"rooms/{segment(a_room)}/messages?dir=b&limit={number}", f"sync?timeout=0&filter={number}"):
        reply = await alice.get(path)
        assert reply.status in (200, 400, 404), path
    body = f'{{"typing":true,"timeout":{number}}}'.encode()
    reply = await alice.put(room(a_room, "typing", alice.user_id), body=body)
    assert reply.status in (200, 400)
    reply = await alice.get("sync", query={"filter": f'{{"room":{{"timeline":{{"limit":{number}}}}}}}'})
    assert reply.status in (200, 400)
