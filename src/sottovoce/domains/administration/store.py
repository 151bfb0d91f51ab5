"""The rows of administration."""

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.ids import RoomId, UserId

_FIND = Query("SELECT room_id FROM notice_rooms WHERE user_id = $1")
_SET = Statement(
    "notice_rooms",
    "INSERT INTO notice_rooms (user_id, room_id) VALUES ($1, $2)"
    " ON CONFLICT (user_id) DO UPDATE SET room_id = excluded.room_id",
)


class NoticeRows:
    """Implements ports.NoticeStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_notice_room(self, user_id: UserId) -> RoomId | None:
        row = await self._database.one(_FIND, user_id)
        return None if row is None else RoomId(row[0])

    def set_notice_room(self, batch: Batch, user_id: UserId, room_id: RoomId) -> None:
        batch.write(_SET, user_id, room_id)
