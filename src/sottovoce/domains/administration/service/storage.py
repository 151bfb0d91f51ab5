"""What the server takes of its machine."""

import shutil
from pathlib import Path

from ..model import Storage
from ..ports import RoomBook, Roster, Sizes


class StorageMeter:
    """Measures, when asked. folder: where the server keeps everything that is not in a database elsewhere."""

    def __init__(self, database: Sizes, roster: Roster, rooms: RoomBook, folder: Path) -> None:
        self._database = database
        self._roster = roster
        self._rooms = rooms
        self._folder = folder

    async def measure(self) -> Storage:
        """What is stored now."""
        return Storage(
            database_bytes=await self._database.size_bytes(),
            free_disk_bytes=shutil.disk_usage(self._folder).free,
            accounts=await self._roster.count(),
            rooms=await self._rooms.count_rooms(),
        )
