"""The rows of rooms, as an administrator counts them."""

from sottovoce.infra.db.model import Database, Query
from sottovoce.protocol.ids import RoomId

from ..model import RoomSize

_LIST = Query("SELECT room_id FROM rooms WHERE room_id > $1 ORDER BY room_id LIMIT $2")
_COUNT = Query("SELECT count(*) FROM rooms")
_SIZE = Query("SELECT count(*), coalesce(sum(length(pdu)), 0) FROM events WHERE room_key = $1")


class CatalogueRows:
    """Implements ports.CatalogueStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_room_ids(self, after: str, limit: int) -> list[RoomId]:
        return [RoomId(row[0]) for row in await self._database.all(_LIST, after, limit)]

    async def count_rooms(self) -> int:
        row = await self._database.one(_COUNT)
        return 0 if row is None else int(row[0])

    async def find_size(self, room_key: int) -> RoomSize:
        (row,) = await self._database.all_in_thread(_SIZE, room_key)
        return RoomSize(int(row[0]), int(row[1]))
