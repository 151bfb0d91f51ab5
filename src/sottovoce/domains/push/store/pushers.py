"""The rows of pushers, and the key of web push."""

import msgspec

from sottovoce.infra.db.model import Batch, Database, Query, Row, Statement
from sottovoce.protocol.ids import DeviceId, UserId

from ..model import Pusher, PusherKey, Said

_COLUMNS = (
    "user_id, app_id, pushkey, device_id, kind, said, set_at_ms, position, tries, next_try_at_ms, is_active,"
    " ack_token, ack_until_ms"
)
_FIND = Query(f"SELECT {_COLUMNS} FROM pushers WHERE user_id = $1 AND app_id = $2 AND pushkey = $3")
_OF_USER = Query(f"SELECT {_COLUMNS} FROM pushers WHERE user_id = $1 ORDER BY app_id, pushkey")
_ANY = Query("SELECT 1 FROM pushers LIMIT 1")
_KEYS = Query("SELECT user_id, app_id, pushkey FROM pushers")
_SAME = Query("SELECT user_id, app_id, pushkey FROM pushers WHERE app_id = $1 AND pushkey = $2")
_SET = Statement(
    "pushers",
    f"INSERT INTO pushers ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    " ON CONFLICT (user_id, app_id, pushkey) DO UPDATE SET device_id = excluded.device_id, kind = excluded.kind,"
    " said = excluded.said, set_at_ms = excluded.set_at_ms, position = excluded.position, tries = excluded.tries,"
    " next_try_at_ms = excluded.next_try_at_ms, is_active = excluded.is_active, ack_token = excluded.ack_token,"
    " ack_until_ms = excluded.ack_until_ms",
)
_ACTIVATE = Statement(
    "pushers",
    "UPDATE pushers SET is_active = 1, position = $5, ack_token = NULL, ack_until_ms = NULL"
    " WHERE user_id = $1 AND app_id = $2 AND pushkey = $3 AND ack_token = $4",
)
_SET_POSITION = Statement(
    "pushers",
    "UPDATE pushers SET position = $4, tries = 0, next_try_at_ms = NULL"
    " WHERE user_id = $1 AND app_id = $2 AND pushkey = $3 AND position <= $4",
)
_SET_FAILED = Statement(
    "pushers",
    "UPDATE pushers SET tries = $4, next_try_at_ms = $5 WHERE user_id = $1 AND app_id = $2 AND pushkey = $3",
)
_REMOVE = Statement("pushers", "DELETE FROM pushers WHERE user_id = $1 AND app_id = $2 AND pushkey = $3")
_REMOVE_OF_DEVICE = Statement("pushers", "DELETE FROM pushers WHERE user_id = $1 AND device_id = $2")

_FIND_KEY = Query("SELECT private_key FROM vapid_keys WHERE id = 1")
_ADD_KEY = Statement("vapid_keys", "INSERT INTO vapid_keys (id, private_key) VALUES (1, $1)")

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Said).decode


class PusherRows:
    """Implements ports.PusherStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_pusher(self, key: PusherKey) -> Pusher | None:
        row = await self._database.one(_FIND, *key)
        return None if row is None else _pusher(row)

    async def list_pushers(self, user_id: UserId) -> list[Pusher]:
        return [_pusher(row) for row in await self._database.all(_OF_USER, user_id)]

    async def list_keys(self) -> list[PusherKey]:
        if await self._database.one(_ANY) is None:  # a thread to read nothing would cost memory
            return []
        return [PusherKey(UserId(row[0]), *row[1:]) for row in await self._database.all_in_thread(_KEYS)]

    async def list_same(self, app_id: str, pushkey: str) -> list[PusherKey]:
        return [PusherKey(UserId(row[0]), *row[1:]) for row in await self._database.all(_SAME, app_id, pushkey)]

    def set_pusher(self, batch: Batch, pusher: Pusher) -> None:
        batch.write(
            _SET,
            *pusher.key,
            pusher.device_id,
            pusher.kind,
            _encode(pusher.said),
            pusher.set_at_ms,
            pusher.position,
            pusher.tries,
            pusher.next_try_at_ms,
            int(pusher.is_active),
            pusher.ack_token,
            pusher.ack_until_ms,
        )

    def activate_pusher(self, batch: Batch, key: PusherKey, ack_token: str, position: int) -> None:
        batch.write(_ACTIVATE, *key, ack_token, position)

    def set_position(self, batch: Batch, key: PusherKey, position: int) -> None:
        batch.write(_SET_POSITION, *key, position)

    def set_failed(self, batch: Batch, key: PusherKey, tries: int, next_try_at_ms: int) -> None:
        batch.write(_SET_FAILED, *key, tries, next_try_at_ms)

    def remove_pusher(self, batch: Batch, key: PusherKey) -> None:
        batch.write(_REMOVE, *key)

    def remove_pushers_of(self, batch: Batch, user_id: UserId, device_id: DeviceId) -> None:
        batch.write(_REMOVE_OF_DEVICE, user_id, device_id)

    async def find_vapid_key(self) -> bytes | None:
        row = await self._database.one(_FIND_KEY)
        return None if row is None else bytes(row[0])

    def add_vapid_key(self, batch: Batch, private_key: bytes) -> None:
        batch.write(_ADD_KEY, private_key)


def _pusher(row: Row) -> Pusher:
    user_id, app_id, pushkey, device_id, kind, said, set_at_ms, position, tries, next_try_at_ms, *rest = row
    is_active, ack_token, ack_until_ms = rest
    return Pusher(
        key=PusherKey(UserId(user_id), app_id, pushkey),
        device_id=DeviceId(device_id),
        kind=kind,
        said=_decode(said),
        set_at_ms=set_at_ms,
        position=position,
        tries=tries,
        next_try_at_ms=next_try_at_ms,
        is_active=bool(is_active),
        ack_token=ack_token,
        ack_until_ms=ack_until_ms,
    )
