"""The rows of aliases."""

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.ids import RoomAlias, RoomId, UserId

_FIND = Query("SELECT room_id FROM aliases WHERE alias = $1")
_CLAIM = Statement("aliases", "INSERT INTO aliases (alias, room_id, creator) VALUES ($1, $2, $3)")


class AliasRows:
    """Implements ports.AliasStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, alias: RoomAlias) -> RoomId | None:
        row = await self._database.one(_FIND, alias)
        return None if row is None else RoomId(row[0])

    def claim(self, batch: Batch, alias: RoomAlias, room_id: RoomId, creator: UserId) -> None:
        batch.write(_CLAIM, alias, room_id, creator)
