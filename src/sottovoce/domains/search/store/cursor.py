"""How far the index reaches; the same on both engines."""

from sottovoce.infra.db.model import Batch, Database, Query, Statement

_FIND = Query("SELECT position FROM derived_search_cursor WHERE id = 1")
_SET = Statement(
    "derived_search_cursor",
    "INSERT INTO derived_search_cursor (id, position) VALUES (1, $1)"
    " ON CONFLICT (id) DO UPDATE SET position = excluded.position",
)
_REMOVE_ALL = Statement("derived_search", "DELETE FROM derived_search")
_REMOVE_ROOM = Statement("derived_search", "DELETE FROM derived_search WHERE room_key = $1")


class CursorRows:
    """What both adapters do in the same way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_cursor(self) -> int:
        row = await self._database.one(_FIND)
        return 0 if row is None else int(row[0])

    def set_cursor(self, batch: Batch, position: int) -> None:
        batch.write(_SET, position)

    def remove_room(self, batch: Batch, room_key: int) -> None:
        batch.write(_REMOVE_ROOM, room_key)

    def clear(self, batch: Batch) -> None:
        batch.write(_REMOVE_ALL)
        batch.write(_SET, 0)
