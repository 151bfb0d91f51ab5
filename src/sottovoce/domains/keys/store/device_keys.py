"""The rows of device keys, one-time keys and fallback keys."""

from collections.abc import Iterable

import msgspec

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.ids import DeviceId, UserId

from ..model import FallbackKey, KeyCounts, OneTimeKey, Target

_FIND = Query("SELECT keys FROM device_keys WHERE user_id = $1 AND device_id = $2")
_LIST = Query("SELECT user_id, device_id, keys FROM device_keys WHERE user_id IN {list:$1:text} ORDER BY device_id")
_LIST_IDS = Query("SELECT device_id FROM device_keys WHERE user_id = $1")
_LIST_OWNERS = Query("SELECT DISTINCT user_id FROM device_keys ORDER BY user_id")
_SET = Statement(
    "device_keys",
    "INSERT INTO device_keys (user_id, device_id, keys) VALUES ($1, $2, $3)"
    " ON CONFLICT (user_id, device_id) DO UPDATE SET keys = excluded.keys",
)
_REMOVE = Statement("device_keys", "DELETE FROM device_keys WHERE user_id = $1 AND device_id = $2")

_LIST_ONE_TIME = Query("SELECT algorithm, key_id, content FROM one_time_keys WHERE user_id = $1 AND device_id = $2")
_FIRST_ONE_TIME = Query(
    "SELECT algorithm, key_id, content FROM one_time_keys"
    " WHERE user_id = $1 AND device_id = $2 AND algorithm = $3 ORDER BY position, key_id LIMIT 1"
)
_ADD_ONE_TIME = Statement(
    "one_time_keys",
    "INSERT INTO one_time_keys (user_id, device_id, algorithm, key_id, position, content)"
    " VALUES ($1, $2, $3, $4, $5, $6)",
)
_REMOVE_ONE_TIME = Statement(
    "one_time_keys",
    "DELETE FROM one_time_keys WHERE user_id = $1 AND device_id = $2 AND algorithm = $3 AND key_id = $4",
)
_REMOVE_ALL_ONE_TIME = Statement("one_time_keys", "DELETE FROM one_time_keys WHERE user_id = $1 AND device_id = $2")

_FIND_FALLBACK = Query(
    "SELECT algorithm, key_id, content, is_used FROM fallback_keys"
    " WHERE user_id = $1 AND device_id = $2 AND algorithm = $3"
)
_SET_FALLBACK = Statement(
    "fallback_keys",
    "INSERT INTO fallback_keys (user_id, device_id, algorithm, key_id, content, is_used)"
    " VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (user_id, device_id, algorithm)"
    " DO UPDATE SET key_id = excluded.key_id, content = excluded.content, is_used = 0",
)
_USE_FALLBACK = Statement(
    "fallback_keys", "UPDATE fallback_keys SET is_used = 1 WHERE user_id = $1 AND device_id = $2 AND algorithm = $3"
)
_REMOVE_FALLBACK = Statement("fallback_keys", "DELETE FROM fallback_keys WHERE user_id = $1 AND device_id = $2")

# One-time keys with how many there are, unused fallback keys with 0.
_COUNT = Query(
    "SELECT algorithm, COUNT(*) FROM one_time_keys WHERE user_id = $1 AND device_id = $2 GROUP BY algorithm"
    " UNION ALL SELECT algorithm, 0 FROM fallback_keys WHERE user_id = $1 AND device_id = $2 AND is_used = 0"
    " ORDER BY 1"
)

_decode = msgspec.json.Decoder(dict[str, object]).decode
_encode = msgspec.json.Encoder().encode


class DeviceKeyRows:
    """Implements ports.DeviceKeyStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_device_keys(self, device: Target) -> dict[str, object] | None:
        row = await self._database.one(_FIND, *device)
        return None if row is None else _decode(row[0])

    async def list_device_keys(self, user_ids: Iterable[UserId]) -> dict[Target, dict[str, object]]:
        rows = await self._database.all(_LIST, list(user_ids))
        return {Target(user_id, device_id): _decode(keys) for user_id, device_id, keys in rows}

    async def list_owners(self) -> list[UserId]:
        return [UserId(row[0]) for row in await self._database.all_in_thread(_LIST_OWNERS)]

    async def list_devices_with_keys(self, user_id: UserId) -> set[DeviceId]:
        return {row[0] for row in await self._database.all(_LIST_IDS, user_id)}

    async def list_one_time_keys(self, device: Target) -> list[OneTimeKey]:
        rows = await self._database.all(_LIST_ONE_TIME, *device)
        return [OneTimeKey(algorithm, key_id, bytes(content)) for algorithm, key_id, content in rows]

    async def first_one_time_key(self, device: Target, algorithm: str) -> OneTimeKey | None:
        row = await self._database.one(_FIRST_ONE_TIME, *device, algorithm)
        return None if row is None else OneTimeKey(row[0], row[1], bytes(row[2]))

    async def find_fallback_key(self, device: Target, algorithm: str) -> FallbackKey | None:
        row = await self._database.one(_FIND_FALLBACK, *device, algorithm)
        return None if row is None else FallbackKey(OneTimeKey(row[0], row[1], bytes(row[2])), bool(row[3]))

    async def count_keys(self, device: Target) -> KeyCounts:
        rows = await self._database.all(_COUNT, *device)
        return KeyCounts({row[0]: row[1] for row in rows if row[1]}, [row[0] for row in rows if not row[1]])

    def set_device_keys(self, batch: Batch, device: Target, keys: dict[str, object]) -> None:
        batch.write(_SET, *device, _encode(keys))

    def add_one_time_key(self, batch: Batch, device: Target, key: OneTimeKey, position: int) -> None:
        batch.write(_ADD_ONE_TIME, *device, key.algorithm, key.key_id, position, key.content)

    def remove_one_time_key(self, batch: Batch, device: Target, key: OneTimeKey) -> None:
        batch.write(_REMOVE_ONE_TIME, *device, key.algorithm, key.key_id)

    def set_fallback_key(self, batch: Batch, device: Target, key: OneTimeKey) -> None:
        batch.write(_SET_FALLBACK, *device, *key)

    def use_fallback_key(self, batch: Batch, device: Target, algorithm: str) -> None:
        batch.write(_USE_FALLBACK, *device, algorithm)

    def remove_device_keys(self, batch: Batch, device: Target) -> None:
        batch.write(_REMOVE, *device)

    def remove_claimable_keys(self, batch: Batch, device: Target) -> None:
        batch.write(_REMOVE_ALL_ONE_TIME, *device)
        batch.write(_REMOVE_FALLBACK, *device)
