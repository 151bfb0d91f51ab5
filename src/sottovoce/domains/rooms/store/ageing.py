"""How the rows of old messages go."""

from collections.abc import Iterable

from sottovoce.infra.db.model import Batch, Database, Query, Statement

_LIST = Query(
    "SELECT position FROM events WHERE room_key = $1 AND position > $2 AND state_key IS NULL ORDER BY position LIMIT $3"
)
_REMOVE_EVENT = Statement("events", "DELETE FROM events WHERE position = $1")
_REMOVE_RELATIONS = Statement("relations", "DELETE FROM relations WHERE room_key = $1 AND child <= $2")


class AgeingRows:
    """Implements ports.AgeingStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_messages(self, room_key: int, after: int, limit: int) -> list[int]:
        return [row[0] for row in await self._database.all(_LIST, room_key, after, limit)]

    def remove_messages(self, batch: Batch, positions: Iterable[int]) -> None:
        for position in positions:
            batch.write(_REMOVE_EVENT, position)

    def remove_relations(self, batch: Batch, room_key: int, until: int) -> None:
        batch.write(_REMOVE_RELATIONS, room_key, until)
