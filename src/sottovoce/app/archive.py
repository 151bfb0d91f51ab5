"""Backups: one tar file with the database, which holds the server's keys too, and the files people sent."""

import errno
import os
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from sottovoce.app.foundation import DATABASE_FILE
from sottovoce.app.settings import Settings
from sottovoce.infra.db import snapshot
from sottovoce.infra.folder_lock import FolderLock

MEDIA_FOLDER = "media"
COPIED_AT_ONCE_BYTES = 1024 * 1024


class CannotRestore(Exception):
    """The file is no backup, or there is a server already where it should go; the text is one line."""


async def backup(settings: Settings, target: Path) -> int:
    """The file holds everything the server knew at one moment; its size in bytes. A running server goes on.

    Raises DatabaseUnusable, OSError (FileExistsError if the file is there).
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, "there is a file of this name already", str(target))
    folder = Path(settings.data)
    with tempfile.TemporaryDirectory(prefix=".sottovoce-", dir=target.absolute().parent) as scratch:
        database = Path(scratch) / DATABASE_FILE
        await snapshot.take(settings.database or folder / DATABASE_FILE, database)
        archive = Path(scratch) / "backup.tar"
        with tarfile.open(archive, "w") as tar:
            tar.add(database, DATABASE_FILE)
            if (folder / MEDIA_FOLDER).is_dir():
                tar.add(folder / MEDIA_FOLDER, MEDIA_FOLDER)
        archive.chmod(0o600)
        _make_durable(archive)
        archive.replace(target)
    return target.stat().st_size


def _make_durable(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


async def restore(settings: Settings, source: Path) -> None:
    """The data folder, or the empty PostgreSQL database, holds what the backup holds.

    Raises CannotRestore, DatabaseUnusable, FolderInUse, OSError.
    """
    folder = Path(settings.data)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FolderLock(folder)
    lock.acquire()
    try:
        if (folder / DATABASE_FILE).exists() or (folder / MEDIA_FOLDER).exists():
            raise CannotRestore(f"{folder} holds a server already: give an empty folder with --data")
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=folder) as scratch:
            unpacked = Path(scratch)
            _unpack(source, unpacked)
            await snapshot.put(unpacked / DATABASE_FILE, settings.database or folder / DATABASE_FILE)
            if (unpacked / MEDIA_FOLDER).is_dir():
                (unpacked / MEDIA_FOLDER).replace(folder / MEDIA_FOLDER)
    finally:
        lock.release()


def _unpack(source: Path, folder: Path) -> None:
    """What a backup holds is in the folder; nothing else that the file may name."""
    try:
        with tarfile.open(source, "r:") as tar:
            for member in tar:
                _unpack_one(tar, member, folder)
    except tarfile.TarError as cause:
        raise CannotRestore(f"{source} is not a backup: {cause}") from cause
    if not (folder / DATABASE_FILE).is_file():
        raise CannotRestore(f"{source} is not a backup of Sottovoce: there is no {DATABASE_FILE} in it")


def _unpack_one(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    parts = PurePosixPath(member.name).parts
    is_ours = parts == (DATABASE_FILE,) or parts[:1] == (MEDIA_FOLDER,)
    if not is_ours or ".." in parts or not (member.isreg() or member.isdir()):
        raise CannotRestore(f"a backup of Sottovoce does not hold {member.name!r}")
    place = folder.joinpath(*parts)
    if member.isdir():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = tar.extractfile(member)
    assert content is not None, "a regular file has content"
    with content, open(place, "xb", opener=_private) as file:
        shutil.copyfileobj(content, file, COPIED_AT_ONCE_BYTES)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
