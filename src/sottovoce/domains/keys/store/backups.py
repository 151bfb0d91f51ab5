"""The rows of backups of keys."""

from collections.abc import Sequence

from sottovoce.infra.db.model import Batch, Database, Query, Row, Statement
from sottovoce.protocol.ids import UserId

from ..model import BackedUpKey, Backup, BackupPart, KeyValue

_COLUMNS = "SELECT version, algorithm, auth_data, etag, key_count, is_deleted FROM key_backups WHERE user_id = $1"
_FIND = Query(f"{_COLUMNS} AND version = $2")
_FIND_CURRENT = Query(f"{_COLUMNS} AND is_deleted = 0 ORDER BY version DESC LIMIT 1")
_FIND_NEWEST = Query("SELECT MAX(version) FROM key_backups WHERE user_id = $1")
_COUNT = Query("SELECT COUNT(*) FROM key_backups WHERE user_id = $1 AND is_deleted = 0")
_ADD = Statement(
    "key_backups",
    "INSERT INTO key_backups (user_id, version, algorithm, auth_data, etag, key_count, is_deleted)"
    " VALUES ($1, $2, $3, $4, 0, 0, 0)",
)
_SET_AUTH_DATA = Statement("key_backups", "UPDATE key_backups SET auth_data = $3 WHERE user_id = $1 AND version = $2")
_SET_COUNT = Statement(
    "key_backups", "UPDATE key_backups SET etag = $3, key_count = $4 WHERE user_id = $1 AND version = $2"
)
_SET_DELETED = Statement(
    "key_backups", "UPDATE key_backups SET is_deleted = 1, key_count = 0 WHERE user_id = $1 AND version = $2"
)

_KEYS = (
    "SELECT room_id, session_id, first_message_index, forwarded_count, is_verified, session_data"
    " FROM backed_up_keys WHERE user_id = $1 AND version = $2"
)
_LIST_KEYS = Query(_KEYS)
_LIST_KEYS_OF_ROOM = Query(f"{_KEYS} AND room_id = $3")
_FIND_KEY = Query(f"{_KEYS} AND room_id = $3 AND session_id = $4")
_LIST_SAME = Query(f"{_KEYS} AND room_id IN {{list:$3:text}} AND session_id IN {{list:$4:text}}")
_COUNT_OF_ROOM = Query("SELECT COUNT(*) FROM backed_up_keys WHERE user_id = $1 AND version = $2 AND room_id = $3")
_SET_KEY = Statement(
    "backed_up_keys",
    "INSERT INTO backed_up_keys (user_id, version, room_id, session_id, first_message_index, forwarded_count,"
    " is_verified, session_data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT (user_id, version, room_id, session_id) DO UPDATE SET"
    " first_message_index = excluded.first_message_index, forwarded_count = excluded.forwarded_count,"
    " is_verified = excluded.is_verified, session_data = excluded.session_data",
)
_REMOVE_BACKUPS = Statement("key_backups", "DELETE FROM key_backups WHERE user_id = $1")
_REMOVE_ALL_KEYS = Statement("backed_up_keys", "DELETE FROM backed_up_keys WHERE user_id = $1")
_REMOVE_KEYS = Statement("backed_up_keys", "DELETE FROM backed_up_keys WHERE user_id = $1 AND version = $2")
_REMOVE_KEYS_OF_ROOM = Statement("backed_up_keys", f"{_REMOVE_KEYS.sql} AND room_id = $3")
_REMOVE_KEY = Statement("backed_up_keys", f"{_REMOVE_KEYS_OF_ROOM.sql} AND session_id = $4")


class BackupRows:
    """Implements ports.BackupStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_backup(self, user_id: UserId, version: int) -> Backup | None:
        return _backup(await self._database.one(_FIND, user_id, version))

    async def find_current_backup(self, user_id: UserId) -> Backup | None:
        return _backup(await self._database.one(_FIND_CURRENT, user_id))

    async def find_newest_version(self, user_id: UserId) -> int:
        row = await self._database.one(_FIND_NEWEST, user_id)
        return 0 if row is None or row[0] is None else int(row[0])

    async def count_backups(self, user_id: UserId) -> int:
        row = await self._database.one(_COUNT, user_id)
        return 0 if row is None else int(row[0])

    async def list_keys(self, user_id: UserId, version: int, part: BackupPart) -> list[BackedUpKey]:
        if part.room_id is None:
            rows = await self._database.all_in_thread(_LIST_KEYS, user_id, version)
        elif part.session_id is None:
            rows = await self._database.all_in_thread(_LIST_KEYS_OF_ROOM, user_id, version, part.room_id)
        else:
            rows = await self._database.all(_FIND_KEY, user_id, version, part.room_id, part.session_id)
        return [_key(*row) for row in rows]

    async def list_same_keys(self, user_id: UserId, version: int, keys: Sequence[BackedUpKey]) -> list[BackedUpKey]:
        rooms, sessions = sorted({key.room_id for key in keys}), sorted({key.session_id for key in keys})
        rows = await self._database.all(_LIST_SAME, user_id, version, rooms, sessions)
        return [_key(*row) for row in rows]

    async def count_keys(self, user_id: UserId, version: int, part: BackupPart) -> int:
        assert part.room_id is not None, "of the whole backup the count is kept"
        if part.session_id is not None:
            return len(await self.list_keys(user_id, version, part))
        row = await self._database.one(_COUNT_OF_ROOM, user_id, version, part.room_id)
        return 0 if row is None else int(row[0])

    def add_backup(self, batch: Batch, user_id: UserId, version: int, algorithm: str, auth_data: bytes) -> None:
        batch.write(_ADD, user_id, version, algorithm, auth_data)

    def set_auth_data(self, batch: Batch, user_id: UserId, version: int, auth_data: bytes) -> None:
        batch.write(_SET_AUTH_DATA, user_id, version, auth_data)

    def set_backup_count(self, batch: Batch, user_id: UserId, version: int, etag: int, count: int) -> None:
        batch.write(_SET_COUNT, user_id, version, etag, count)

    def delete_backup(self, batch: Batch, user_id: UserId, version: int) -> None:
        batch.write(_SET_DELETED, user_id, version)
        batch.write(_REMOVE_KEYS, user_id, version)

    def remove_backups(self, batch: Batch, user_id: UserId) -> None:
        batch.write(_REMOVE_BACKUPS, user_id)
        batch.write(_REMOVE_ALL_KEYS, user_id)

    def set_key(self, batch: Batch, user_id: UserId, version: int, key: BackedUpKey) -> None:
        index, forwarded, is_verified, data = key.value
        batch.write(_SET_KEY, user_id, version, key.room_id, key.session_id, index, forwarded, int(is_verified), data)

    def remove_keys(self, batch: Batch, user_id: UserId, version: int, part: BackupPart) -> None:
        if part.room_id is None:
            batch.write(_REMOVE_KEYS, user_id, version)
        elif part.session_id is None:
            batch.write(_REMOVE_KEYS_OF_ROOM, user_id, version, part.room_id)
        else:
            batch.write(_REMOVE_KEY, user_id, version, part.room_id, part.session_id)


def _backup(row: Row | None) -> Backup | None:
    if row is None:
        return None
    version, algorithm, auth_data, etag, key_count, is_deleted = row
    return Backup(version, algorithm, bytes(auth_data), etag, key_count, bool(is_deleted))


def _key(room_id: str, session_id: str, index: int, forwarded: int, is_verified: int, data: bytes) -> BackedUpKey:
    return BackedUpKey(room_id, session_id, KeyValue(index, forwarded, bool(is_verified), bytes(data)))
