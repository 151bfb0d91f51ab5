"""Backups of keys. Spec: client-server, Server-side key backups."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from sottovoce.domains.keys.model import BackedUpKey, Backup, BackupPart, KeyValue
from sottovoce.domains.keys.service import KeyBackups
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.refused import invalid_param
from sottovoce.http.routing import Route

# Clients send a few hundred keys at once, each less than a kilobyte.
KEYS_BODY_LIMIT_BYTES = 8 * 1024 * 1024
BACKUP_BODY_LIMIT_BYTES = 128 * 1024

_Number = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
_encode = msgspec.json.Encoder().encode


class _Key(msgspec.Struct):
    first_message_index: _Number
    forwarded_count: _Number
    is_verified: bool
    session_data: dict[str, object]


class _Room(msgspec.Struct):
    sessions: dict[str, _Key]


class _Rooms(msgspec.Struct):
    rooms: dict[str, _Room]


class _Backup(msgspec.Struct):
    algorithm: str
    auth_data: dict[str, object]
    version: str | None = None


class KeyBackupRoutes:
    """Handlers of backups."""

    def __init__(self, backups: KeyBackups) -> None:
        self._backups = backups

    async def create(self, call: Call) -> Json:
        """POST room_keys/version."""
        body = call.decode(_Backup)
        return Json({"version": await self._backups.create(call.caller.user_id, body.algorithm, body.auth_data)})

    async def get(self, call: Call) -> Json:
        """GET room_keys/version, with or without one."""
        backup = await self._backups.find(call.caller.user_id, call.path.get("version"))
        told = {"algorithm": backup.algorithm, "auth_data": msgspec.Raw(backup.auth_data)}
        return Json({**told, "version": str(backup.version), **_counted(backup)})

    async def update(self, call: Call) -> Json:
        """PUT room_keys/version/{version}."""
        body, version = call.decode(_Backup), call.path["version"]
        if body.version not in (None, version):
            raise invalid_param("version", "must be that of the path")
        await self._backups.update(call.caller.user_id, version, body.algorithm, body.auth_data)
        return EMPTY

    async def delete(self, call: Call) -> Json:
        """DELETE room_keys/version/{version}."""
        await self._backups.delete(call.caller.user_id, call.path["version"])
        return EMPTY

    async def put(self, call: Call) -> Json:
        """PUT room_keys/keys."""
        rooms = call.decode(_Rooms).rooms
        return await self._put(call, (key for room_id, room in rooms.items() for key in _of_room(room_id, room)))

    async def put_room(self, call: Call) -> Json:
        """PUT room_keys/keys/{room_id}."""
        return await self._put(call, _of_room(call.path["room_id"], call.decode(_Room)))

    async def put_key(self, call: Call) -> Json:
        """PUT room_keys/keys/{room_id}/{session_id}."""
        room = _Room({call.path["session_id"]: call.decode(_Key)})
        return await self._put(call, _of_room(call.path["room_id"], room))

    async def keys(self, call: Call) -> Json:
        """GET room_keys/keys."""
        rooms: dict[str, dict[str, dict[str, object]]] = {}
        for key in await self._keys(call):
            rooms.setdefault(key.room_id, {"sessions": {}})["sessions"][key.session_id] = _told(key)
        return Json({"rooms": rooms})

    async def keys_of_room(self, call: Call) -> Json:
        """GET room_keys/keys/{room_id}."""
        return Json({"sessions": {key.session_id: _told(key) for key in await self._keys(call)}})

    async def key(self, call: Call) -> Json:
        """GET room_keys/keys/{room_id}/{session_id}."""
        return Json(_told((await self._keys(call))[0]))

    async def remove(self, call: Call) -> Json:
        """DELETE room_keys/keys, of a room or a session too."""
        return Json(_counted(await self._backups.remove(call.caller.user_id, _version(call), _part(call))))

    async def _put(self, call: Call, keys: Iterable[BackedUpKey]) -> Json:
        return Json(_counted(await self._backups.put(call.caller.user_id, _version(call), list(keys))))

    async def _keys(self, call: Call) -> list[BackedUpKey]:
        return await self._backups.keys(call.caller.user_id, _version(call), _part(call))


def _version(call: Call) -> str:
    return call.query.required("version")


def _part(call: Call) -> BackupPart:
    return BackupPart(call.path.get("room_id"), call.path.get("session_id"))


def _of_room(room_id: str, room: _Room) -> Iterable[BackedUpKey]:
    for session_id, key in room.sessions.items():
        data = _encode(key.session_data)
        yield BackedUpKey(
            room_id, session_id, KeyValue(key.first_message_index, key.forwarded_count, key.is_verified, data)
        )


def _told(key: BackedUpKey) -> dict[str, object]:
    index, forwarded, is_verified, data = key.value
    return {
        "first_message_index": index,
        "forwarded_count": forwarded,
        "is_verified": is_verified,
        "session_data": msgspec.Raw(data),
    }


def _counted(backup: Backup) -> dict[str, object]:
    return {"etag": str(backup.etag), "count": backup.key_count}


def routes(backups: KeyBackups) -> list[Route]:
    """The routes of this section."""
    own = KeyBackupRoutes(backups)
    base = "/_matrix/client/v3/room_keys"
    handlers = [
        ("POST", "version", own.create),
        ("GET", "version", own.get),
        ("GET", "version/{version}", own.get),
        ("PUT", "version/{version}", own.update),
        ("DELETE", "version/{version}", own.delete),
        ("PUT", "keys", own.put),
        ("PUT", "keys/{room_id}", own.put_room),
        ("PUT", "keys/{room_id}/{session_id}", own.put_key),
        ("GET", "keys", own.keys),
        ("GET", "keys/{room_id}", own.keys_of_room),
        ("GET", "keys/{room_id}/{session_id}", own.key),
        ("DELETE", "keys", own.remove),
        ("DELETE", "keys/{room_id}", own.remove),
        ("DELETE", "keys/{room_id}/{session_id}", own.remove),
    ]
    return [
        Route(
            method=method,
            pattern=f"{base}/{path}",
            handler=handler,
            body_limit_bytes=KEYS_BODY_LIMIT_BYTES if path.startswith("keys") else BACKUP_BODY_LIMIT_BYTES,
        )
        for method, path, handler in handlers
    ]
