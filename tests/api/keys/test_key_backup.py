"""Backups of keys."""

import asyncio
from typing import Any

import pytest

from sottovoce.domains.keys.model import MAX_AUTH_DATA_BYTES, MAX_BACKUPS, MAX_SESSION_DATA_BYTES
from tests.helpers.asgi import Reply, segment
from tests.helpers.people import Person
from tests.helpers.server import RunningServer

ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2"
BACKUP = {"algorithm": ALGORITHM, "auth_data": {"public_key": "abc", "signatures": {}}}
ROOM = "!room:test"


def key(index: int = 0, forwarded: int = 0, is_verified: bool = False, data: str = "data") -> dict[str, Any]:
    return {
        "first_message_index": index,
        "forwarded_count": forwarded,
        "is_verified": is_verified,
        "session_data": {"ciphertext": data},
    }


async def begins(person: Person, **change: object) -> str:
    version: str = (await person.done("POST", "room_keys/version", BACKUP | change))["version"]
    return version


def place(*names: str) -> str:
    return "/".join(["room_keys/keys", *(segment(name) for name in names)])


async def asks(person: Person, method: str, path: str, version: str, body: object = None) -> Reply:
    return await person.request(method, path, json=body, query={"version": version})


async def has(person: Person, version: str, *names: str) -> Any:
    reply = await asks(person, "GET", place(*names), version)
    assert reply.status == 200, reply.body
    return reply.json


async def test_a_new_backup_is_the_current_one_and_empty(alice: Person) -> None:
    reply = await alice.get("room_keys/version")
    assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")
    versions = [await begins(alice) for _ in range(2)]
    told = BACKUP | {"version": versions[1], "count": 0, "etag": "0"}
    assert await alice.done("GET", "room_keys/version") == told
    assert await alice.done("GET", f"room_keys/version/{versions[0]}") == told | {"version": versions[0]}
    assert await has(alice, versions[1]) == {"rooms": {}}
    assert await has(alice, versions[1], ROOM) == {"sessions": {}}


async def test_backups_are_their_owners_alone(alice: Person, bob: Person) -> None:
    version = await begins(alice)
    for method, path in (("GET", f"room_keys/version/{version}"), ("DELETE", f"room_keys/version/{version}")):
        assert (await bob.request(method, path)).status == 404
    assert (await asks(bob, "GET", place(), version)).status == 404
    assert (await asks(bob, "PUT", place(ROOM, "s"), version, key())).status == 404


async def test_keys_are_put_one_by_one_by_room_and_all_at_once(alice: Person, homeserver: RunningServer) -> None:
    version = await begins(alice)
    reply = await asks(alice, "PUT", place(ROOM, "s/1"), version, key())
    assert (reply.status, reply.json) == (200, {"etag": "1", "count": 1})
    reply = await asks(alice, "PUT", place(ROOM), version, {"sessions": {"s2": key(), "s3": key()}})
    assert reply.json == {"etag": "2", "count": 3}
    rooms = {ROOM: {"sessions": {"s2": key()}}, "!other": {"sessions": {"s2": key(7)}}}
    reply = await asks(alice, "PUT", place(), version, {"rooms": rooms})
    assert reply.json == {"etag": "3", "count": 4}
    await homeserver.stop()
    await homeserver.start()
    alice.app = homeserver.app.http
    everything = await has(alice, version)
    assert {room: set(each["sessions"]) for room, each in everything["rooms"].items()} == {
        ROOM: {"s/1", "s2", "s3"},
        "!other": {"s2"},
    }
    assert await has(alice, version, "!other") == {"sessions": {"s2": key(7)}}
    assert await has(alice, version, ROOM, "s/1") == key()
    assert await alice.done("GET", "room_keys/version") == BACKUP | {"version": version, "etag": "3", "count": 4}
    reply = await asks(alice, "GET", place(ROOM, "nothing"), version)
    assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")


async def test_the_better_key_of_a_session_stays(alice: Person) -> None:
    version = await begins(alice)
    steps = [
        (key(5, 1), True),
        (key(6, 0), False),
        (key(5, 1, data="other"), False),
        (key(5, 0), True),
        (key(4, 3), True),
        (key(9, 9, is_verified=True), True),
        (key(0, 0), False),
        (key(8, 9, is_verified=True), True),
    ]
    kept, etag = None, 0
    for new, is_taken in steps:
        reply = await asks(alice, "PUT", place(ROOM, "s"), version, new)
        kept, etag = (new, etag + 1) if is_taken else (kept, etag)
        assert reply.json == {"etag": str(etag), "count": 1}
        assert await has(alice, version, ROOM, "s") == kept


async def test_many_putting_at_once_are_all_counted(alice: Person) -> None:
    version = await begins(alice)
    await asyncio.gather(*(asks(alice, "PUT", place(ROOM, f"s{each}"), version, key()) for each in range(20)))
    assert (await alice.done("GET", "room_keys/version"))["count"] == 20
    assert len((await has(alice, version, ROOM))["sessions"]) == 20


async def test_keys_go_into_the_current_backup_only(alice: Person) -> None:
    old, current = await begins(alice), await begins(alice)
    reply = await asks(alice, "PUT", place(ROOM, "s"), old, key())
    assert (reply.status, reply.errcode) == (403, "M_WRONG_ROOM_KEYS_VERSION")
    assert reply.json["current_version"] == current
    assert (await asks(alice, "GET", place(), old)).status == 200
    for unknown in ("9", "x", "-1", "01", "1" * 30):
        for method, path, body in (("PUT", place(ROOM, "s"), key()), ("GET", place(), None), ("DELETE", place(), None)):
            reply = await asks(alice, method, path, unknown, body)
            assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")


async def test_a_part_of_a_backup_can_be_removed(alice: Person) -> None:
    version = await begins(alice)
    sessions = {"sessions": {f"s{number}": key() for number in range(3)}}
    await asks(alice, "PUT", place(), version, {"rooms": {ROOM: sessions, "!b": sessions, "!c": sessions}})
    for names, count, etag in (((ROOM, "s1"), 8, "2"), ((ROOM, "s1"), 8, "2"), ((ROOM,), 6, "3"), ((), 0, "4")):
        reply = await asks(alice, "DELETE", place(*names), version)
        assert (reply.status, reply.json) == (200, {"etag": etag, "count": count})
    assert await has(alice, version) == {"rooms": {}}


async def test_a_deleted_backup_is_gone_with_its_keys_and_its_version_not_used_again(alice: Person) -> None:
    old, version = await begins(alice), await begins(alice)
    await asks(alice, "PUT", place(ROOM, "s"), version, key())
    for _ in range(2):
        assert await alice.done("DELETE", f"room_keys/version/{version}") == {}
    assert (await alice.get(f"room_keys/version/{version}")).status == 404
    assert (await asks(alice, "GET", place(), version)).status == 404
    assert (await asks(alice, "PUT", place(ROOM, "s"), version, key())).status == 404
    assert (await alice.done("GET", "room_keys/version"))["version"] == old
    assert (await alice.delete("room_keys/version/77")).status == 404
    assert await begins(alice) not in (old, version)


async def test_of_a_backup_only_auth_data_changes(alice: Person) -> None:
    version = await begins(alice)
    changed = BACKUP | {"auth_data": {"public_key": "new"}}
    assert await alice.done("PUT", f"room_keys/version/{version}", changed | {"version": version}) == {}
    assert await alice.done("GET", "room_keys/version") == changed | {"version": version, "etag": "0", "count": 0}
    for body in (changed | {"algorithm": "other"}, changed | {"version": "77"}):
        reply = await alice.put(f"room_keys/version/{version}", body)
        assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")
    assert (await alice.put("room_keys/version/77", changed)).status == 404


async def test_what_is_no_backup_or_no_key_is_refused(alice: Person) -> None:
    version = await begins(alice)
    large = "x" * max(MAX_AUTH_DATA_BYTES, MAX_SESSION_DATA_BYTES)
    refused: list[tuple[str, str, Any, int, str]] = [
        ("POST", "room_keys/version", {"auth_data": {}}, 400, "M_MISSING_PARAM"),
        ("POST", "room_keys/version", {"algorithm": ALGORITHM}, 400, "M_MISSING_PARAM"),
        ("POST", "room_keys/version", BACKUP | {"algorithm": "a\0"}, 400, "M_INVALID_PARAM"),
        ("POST", "room_keys/version", BACKUP | {"auth_data": {"a": large}}, 400, "M_INVALID_PARAM"),
        ("PUT", place(), {}, 400, "M_MISSING_PARAM"),
        ("PUT", place(ROOM), {}, 400, "M_MISSING_PARAM"),
        ("PUT", place(ROOM, "s"), {}, 400, "M_MISSING_PARAM"),
        ("PUT", place(ROOM, "s"), key(-1), 400, "M_BAD_JSON"),
        ("PUT", place(ROOM, "s"), key(2**60), 400, "M_BAD_JSON"),
        ("PUT", place(ROOM, "s"), key(data=large), 400, "M_INVALID_PARAM"),
        ("PUT", place(ROOM, "s" * 256), key(), 400, "M_INVALID_PARAM"),
        ("PUT", place(ROOM), {"sessions": {"a\0": key()}}, 400, "M_INVALID_PARAM"),
        ("PUT", place(), {"rooms": {"": {"sessions": {"a": key()}}}}, 400, "M_INVALID_PARAM"),
    ]
    for method, path, body, status, errcode in refused:
        reply = await asks(alice, method, path, version, body)
        assert (reply.status, reply.errcode) == (status, errcode), path
    for method, path in (("GET", place()), ("DELETE", place())):
        reply = await alice.request(method, path)
        assert (reply.status, reply.errcode) == (400, "M_MISSING_PARAM")
    assert await has(alice, version) == {"rooms": {}}


async def test_backups_are_not_without_number(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sottovoce.domains.keys.service.backups.MAX_BACKUPS", 2)
    assert MAX_BACKUPS > 2
    versions = [await begins(alice) for _ in range(2)]
    reply = await alice.post("room_keys/version", BACKUP)
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")
    await alice.done("DELETE", f"room_keys/version/{versions[0]}")
    assert await begins(alice)
