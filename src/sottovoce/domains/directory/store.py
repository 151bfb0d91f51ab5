"""The rows of aliases and of the public list."""

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.ids import RoomAlias, RoomId, UserId

from .model import AliasRecord

_FIND = Query("SELECT room_id, creator FROM aliases WHERE alias = $1")
_LIST = Query("SELECT alias FROM aliases WHERE room_id = $1 ORDER BY alias")
_CLAIM = Statement("aliases", "INSERT INTO aliases (alias, room_id, creator) VALUES ($1, $2, $3)")
_REMOVE = Statement("aliases", "DELETE FROM aliases WHERE alias = $1")
_MOVE = Statement("aliases", "UPDATE aliases SET room_id = $2 WHERE room_id = $1")
_REMOVE_OF_ROOM = Statement("aliases", "DELETE FROM aliases WHERE room_id = $1")

_IS_PUBLISHED = Query("SELECT 1 FROM published_rooms WHERE room_id = $1")
_LIST_PUBLISHED = Query("SELECT room_id FROM published_rooms ORDER BY room_id LIMIT $1")
_COUNT = Query("SELECT COUNT(*) FROM published_rooms")
_PUBLISH = Statement("published_rooms", "INSERT INTO published_rooms (room_id) VALUES ($1) ON CONFLICT DO NOTHING")
_MOVE_PUBLISHED = Statement("published_rooms", "UPDATE published_rooms SET room_id = $2 WHERE room_id = $1")
_WITHDRAW = Statement("published_rooms", "DELETE FROM published_rooms WHERE room_id = $1")


class AliasRows:
    """Implements ports.AliasStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, alias: RoomAlias) -> RoomId | None:
        record = await self.find_record(alias)
        return None if record is None else record.room_id

    async def resolve(self, alias: RoomAlias) -> RoomId | None:
        return await self.find(alias)

    def may_name(self, alias: RoomAlias, app_service: str | None) -> bool:
        return True

    async def find_record(self, alias: RoomAlias) -> AliasRecord | None:
        row = await self._database.one(_FIND, alias)
        return None if row is None else AliasRecord(*row)

    async def list_of_room(self, room_id: RoomId) -> list[RoomAlias]:
        return [RoomAlias(row[0]) for row in await self._database.all(_LIST, room_id)]

    def claim(self, batch: Batch, alias: RoomAlias, room_id: RoomId, creator: UserId) -> None:
        batch.write(_CLAIM, alias, room_id, creator)

    def remove(self, batch: Batch, alias: RoomAlias) -> None:
        batch.write(_REMOVE, alias)

    def move(self, batch: Batch, from_room: RoomId, to_room: RoomId) -> None:
        batch.write(_MOVE, from_room, to_room)

    def remove_of_room(self, batch: Batch, room_id: RoomId) -> None:
        batch.write(_REMOVE_OF_ROOM, room_id)


class PublishedRows:
    """Implements ports.PublishedStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_published(self, room_id: RoomId) -> bool:
        return await self._database.one(_IS_PUBLISHED, room_id) is not None

    async def list_published(self, limit: int) -> list[RoomId]:
        return [RoomId(row[0]) for row in await self._database.all(_LIST_PUBLISHED, limit)]

    async def count(self) -> int:
        row = await self._database.one(_COUNT)
        return 0 if row is None else int(row[0])

    def publish(self, batch: Batch, room_id: RoomId) -> None:
        batch.write(_PUBLISH, room_id)

    def remove(self, batch: Batch, room_id: RoomId) -> None:
        batch.write(_WITHDRAW, room_id)

    def move(self, batch: Batch, from_room: RoomId, to_room: RoomId) -> None:
        batch.write(_MOVE_PUBLISHED, from_room, to_room)
