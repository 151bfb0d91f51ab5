"""One process owns a data folder: a lock the machine itself gives back when the process ends, however it ends."""

import fcntl
import os
from pathlib import Path

LOCK_FILE = "lock"


class FolderInUse(Exception):
    """Another process owns the folder."""


class FolderLock:
    """Ownership of a folder, from `acquire` until `release` or the end of the process."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_FILE
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """The folder is ours. Raises FolderInUse if another process has it."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise FolderInUse(f"another Sottovoce is running on {self._path.parent}") from error
        self._descriptor = descriptor

    def release(self) -> None:
        """Another process may have the folder."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
