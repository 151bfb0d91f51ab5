"""The rows of devices and their tokens."""

from collections.abc import Iterable

from sottovoce.infra.db.model import Batch, Query, Statement
from sottovoce.protocol.ids import DeviceId, UserId

from ..model import Device, NewToken, StoredToken, TokenState
from .rows import Rows

_FIND_DEVICE = Query(
    "SELECT device_id, display_name, last_seen_at_ms, last_seen_ip FROM devices WHERE user_id = $1 AND device_id = $2"
)
_LIST_DEVICES = Query(
    "SELECT device_id, display_name, last_seen_at_ms, last_seen_ip FROM devices WHERE user_id = $1 ORDER BY device_id"
)
_LIST_SURPLUS = Query(
    "SELECT device_id FROM devices WHERE user_id = $1 AND device_id <> $2"
    " ORDER BY last_seen_at_ms DESC, device_id LIMIT 1000 OFFSET $3"
)
_LIST_DEVICES_OF = Query(
    "SELECT user_id, device_id, display_name, last_seen_at_ms, last_seen_ip FROM devices"
    " WHERE user_id IN {list:$1:text} ORDER BY user_id, device_id"
)
_ADD_DEVICE = Statement(
    "devices",
    "INSERT INTO devices (user_id, device_id, display_name, last_seen_at_ms, last_seen_ip) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (user_id, device_id) DO UPDATE"
    " SET last_seen_at_ms = excluded.last_seen_at_ms, last_seen_ip = excluded.last_seen_ip",
)
_SET_NAME = Statement("devices", "UPDATE devices SET display_name = $3 WHERE user_id = $1 AND device_id = $2")
_SET_LAST_SEEN = Statement(
    "devices", "UPDATE devices SET last_seen_at_ms = $3, last_seen_ip = $4 WHERE user_id = $1 AND device_id = $2"
)
_SET_LAST_SEEN_ANYWHERE = Statement(
    "devices", "UPDATE devices SET last_seen_at_ms = $3 WHERE user_id = $1 AND device_id = $2"
)
_REMOVE_DEVICE = Statement("devices", "DELETE FROM devices WHERE user_id = $1 AND device_id = $2")

_FIND_TOKEN = Query(
    "SELECT tokens.user_id, tokens.device_id, users.is_admin, generation, state, expires_at_ms, last_seen_at_ms,"
    " users.is_guest, users.locked_at_ms, users.suspended_at_ms"
    " FROM tokens JOIN users ON users.user_id = tokens.user_id"
    " JOIN devices ON devices.user_id = tokens.user_id AND devices.device_id = tokens.device_id"
    " WHERE token_hash = $2 AND kind = $1"
)
_ADD_TOKEN = Statement(
    "tokens",
    "INSERT INTO tokens (token_hash, kind, user_id, device_id, generation, state, created_at_ms, expires_at_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
)
_REMOVE_TOKENS = Statement("tokens", "DELETE FROM tokens WHERE user_id = $1 AND device_id = $2")
_SET_STATE = Statement(
    "tokens", "UPDATE tokens SET state = $4 WHERE user_id = $1 AND device_id = $2 AND generation = $3"
)
_REMOVE_TOKENS_BEFORE = Statement(
    "tokens", "DELETE FROM tokens WHERE user_id = $1 AND device_id = $2 AND generation < $3"
)


class DeviceRows(Rows):
    """Implements ports.DeviceStore."""

    async def find_device(self, user_id: UserId, device_id: DeviceId) -> Device | None:
        row = await self._database.one(_FIND_DEVICE, user_id, device_id)
        return None if row is None else Device(*row)

    async def list_devices(self, user_id: UserId) -> list[Device]:
        return [Device(*row) for row in await self._database.all(_LIST_DEVICES, user_id)]

    async def list_surplus_devices(self, user_id: UserId, device_id: DeviceId, keep: int) -> list[DeviceId]:
        return [row[0] for row in await self._database.all(_LIST_SURPLUS, user_id, device_id, keep)]

    async def list_devices_of(self, user_ids: Iterable[UserId]) -> dict[UserId, list[Device]]:
        devices: dict[UserId, list[Device]] = {}
        for user_id, *device in await self._database.all(_LIST_DEVICES_OF, list(user_ids)):
            devices.setdefault(user_id, []).append(Device(*device))
        return devices

    def add_device(self, batch: Batch, user_id: UserId, device: Device) -> None:
        batch.write(_ADD_DEVICE, user_id, *device)

    def set_device_name(self, batch: Batch, user_id: UserId, device_id: DeviceId, name: str) -> None:
        batch.write(_SET_NAME, user_id, device_id, name)

    def set_last_seen(self, batch: Batch, user_id: UserId, device_id: DeviceId, at_ms: int, ip: str) -> None:
        if ip:
            batch.write(_SET_LAST_SEEN, user_id, device_id, at_ms, ip)
        else:
            batch.write(_SET_LAST_SEEN_ANYWHERE, user_id, device_id, at_ms)

    def remove_device(self, batch: Batch, user_id: UserId, device_id: DeviceId) -> None:
        batch.write(_REMOVE_DEVICE, user_id, device_id)
        batch.write(_REMOVE_TOKENS, user_id, device_id)

    async def find_token(self, kind: int, token_hash: bytes) -> StoredToken | None:
        row = await self._database.one(_FIND_TOKEN, kind, token_hash)
        if row is None:
            return None
        standing = (bool(row[7]), row[8] is not None, row[9] is not None)
        return StoredToken(row[0], row[1], bool(row[2]), row[3], row[4], row[5], row[6], *standing)

    def add_tokens(self, batch: Batch, tokens: Iterable[NewToken]) -> None:
        for token in tokens:
            batch.write(_ADD_TOKEN, *token)

    def remove_tokens(self, batch: Batch, user_id: UserId, device_id: DeviceId) -> None:
        batch.write(_REMOVE_TOKENS, user_id, device_id)

    def use_generation(self, batch: Batch, user_id: UserId, device_id: DeviceId, generation: int) -> None:
        batch.write(_SET_STATE, user_id, device_id, generation, TokenState.USED)
        batch.write(_SET_STATE, user_id, device_id, generation - 1, TokenState.SPENT)
        batch.write(_REMOVE_TOKENS_BEFORE, user_id, device_id, generation - 1)
