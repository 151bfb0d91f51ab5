"""Backups of keys that only their owner can read."""

from collections.abc import Mapping, Sequence

import msgspec

from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import DeviceId, UserId, size_bytes

from ..model import (
    MAX_AUTH_DATA_BYTES,
    MAX_BACKED_UP_KEYS,
    MAX_BACKUP_NAME_BYTES,
    MAX_BACKUPS,
    BackedUpKey,
    Backup,
    BackupNotFound,
    BackupPart,
    InvalidKeys,
    Target,
    TooLargeForDevices,
    WrongBackupVersion,
)
from ..ports import BackupStore
from ..rules import check_backed_up_key, is_better, version_number
from .locks import DeviceLocks, decided

_encode = msgspec.json.Encoder().encode
_THE_BACKUP = DeviceId("")
"""Under this name the lock of a person's backups is held: no device is called so."""


class KeyBackups:
    """Keeps each person's backups. Keys go into the newest only."""

    def __init__(self, store: BackupStore, locks: DeviceLocks, database: Database) -> None:
        self._store = store
        self._locks = locks
        self._database = database

    async def create(self, user_id: UserId, algorithm: str, auth_data: Mapping[str, object]) -> str:
        """There is a new, empty backup, which is the current one; its version.

        Raises InvalidKeys. Spec: client-server, POST /room_keys/version.
        """
        if "\0" in algorithm or size_bytes(algorithm) > MAX_BACKUP_NAME_BYTES:
            raise InvalidKeys(f"An algorithm's name has at most {MAX_BACKUP_NAME_BYTES} bytes")
        data = _checked_auth_data(auth_data)
        async with self._locks.held([Target(user_id, _THE_BACKUP)]):
            if await self._store.count_backups(user_id) >= MAX_BACKUPS:
                raise InvalidKeys(f"There are {MAX_BACKUPS} backups: delete one first")
            version = await self._store.find_newest_version(user_id) + 1
            batch = Batch()
            self._store.add_backup(batch, user_id, version, algorithm, data)
            await decided(self._database.submit(batch))
        return str(version)

    async def find(self, user_id: UserId, version: str | None) -> Backup:
        """The backup of this version, None: the current one. Raises BackupNotFound."""
        number = None if version is None else version_number(version)
        if version is None:
            backup = await self._store.find_current_backup(user_id)
        else:
            backup = None if number is None else await self._store.find_backup(user_id, number)
        if backup is None or backup.is_deleted:
            raise BackupNotFound("There is no such backup")
        return backup

    async def update(self, user_id: UserId, version: str, algorithm: str, auth_data: Mapping[str, object]) -> None:
        """The backup has other auth_data. Raises BackupNotFound, InvalidKeys (another algorithm)."""
        data = _checked_auth_data(auth_data)
        async with self._locks.held([Target(user_id, _THE_BACKUP)]):
            backup = await self.find(user_id, version)
            if backup.algorithm != algorithm:
                raise InvalidKeys("The algorithm of a backup stays the same")
            batch = Batch()
            self._store.set_auth_data(batch, user_id, backup.version, data)
            await decided(self._database.submit(batch))

    async def delete(self, user_id: UserId, version: str) -> None:
        """The backup and all keys in it are gone, or were before. Raises BackupNotFound if it never was."""
        number = version_number(version)
        async with self._locks.held([Target(user_id, _THE_BACKUP)]):
            backup = None if number is None else await self._store.find_backup(user_id, number)
            if backup is None:
                raise BackupNotFound("There is no such backup")
            if not backup.is_deleted:
                batch = Batch()
                self._store.delete_backup(batch, user_id, backup.version)
                await decided(self._database.submit(batch))

    async def forget_user(self, user_id: UserId) -> None:
        """The person has no backup, and is not known to have had one."""
        async with self._locks.held([Target(user_id, _THE_BACKUP)]):
            batch = Batch()
            self._store.remove_backups(batch, user_id)
            await decided(self._database.submit(batch))

    async def put(self, user_id: UserId, version: str, keys: Sequence[BackedUpKey]) -> Backup:
        """Of each session the better key is kept, durably; the backup as it is now.

        Raises BackupNotFound, WrongBackupVersion, InvalidKeys, TooLargeForDevices.
        Spec: client-server, PUT /room_keys/keys.
        """
        for key in keys:
            check_backed_up_key(key)
        async with self._locks.held([Target(user_id, _THE_BACKUP)]):
            backup = await self._current(user_id, version)
            kept = {key.place: key.value for key in await self._store.list_same_keys(user_id, backup.version, keys)}
            better = [key for key in keys if key.place not in kept or is_better(key.value, kept[key.place])]
            if not better:
                return backup
            count = backup.key_count + sum(key.place not in kept for key in better)
            if count > MAX_BACKED_UP_KEYS:
                raise TooLargeForDevices(f"A backup holds at most {MAX_BACKED_UP_KEYS} keys")
            batch = Batch()
            for key in better:
                self._store.set_key(batch, user_id, backup.version, key)
            return await self._counted(batch, user_id, backup, count)

    async def keys(self, user_id: UserId, version: str, part: BackupPart) -> list[BackedUpKey]:
        """The keys in this part of the backup. Raises BackupNotFound; also if one key is asked for and not there."""
        backup = await self.find(user_id, version)
        keys = await self._store.list_keys(user_id, backup.version, part)
        if part.session_id is not None and not keys:
            raise BackupNotFound("There is no such key")
        return keys

    async def remove(self, user_id: UserId, version: str, part: BackupPart) -> Backup:
        """This part of the backup is gone; the backup as it is now. Raises BackupNotFound."""
        async with self._locks.held([Target(user_id, _THE_BACKUP)]):
            backup = await self.find(user_id, version)
            is_whole = part.room_id is None
            gone = backup.key_count if is_whole else await self._store.count_keys(user_id, backup.version, part)
            if not gone:
                return backup
            batch = Batch()
            self._store.remove_keys(batch, user_id, backup.version, part)
            return await self._counted(batch, user_id, backup, backup.key_count - gone)

    async def _current(self, user_id: UserId, version: str) -> Backup:
        backup = await self.find(user_id, version)
        current = await self._store.find_current_backup(user_id)
        if current is not None and current.version != backup.version:
            raise WrongBackupVersion(str(current.version))
        return backup

    async def _counted(self, batch: Batch, user_id: UserId, backup: Backup, count: int) -> Backup:
        changed = backup._replace(etag=backup.etag + 1, key_count=count)
        self._store.set_backup_count(batch, user_id, changed.version, changed.etag, changed.key_count)
        await decided(self._database.submit(batch))
        return changed


def _checked_auth_data(auth_data: Mapping[str, object]) -> bytes:
    encoded = _encode(auth_data)
    if len(encoded) > MAX_AUTH_DATA_BYTES:
        raise InvalidKeys(f"auth_data has at most {MAX_AUTH_DATA_BYTES} bytes")
    return encoded
