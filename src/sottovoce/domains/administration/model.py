"""What administration tells, and how it refuses."""

from typing import NamedTuple


class Storage(NamedTuple):
    """What the server takes of its machine, and what there is of it."""

    database_bytes: int
    free_disk_bytes: int
    accounts: int
    rooms: int


class CannotNotify(Exception):
    """Nobody can be given this notice; the text says why."""
