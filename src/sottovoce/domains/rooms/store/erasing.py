"""How the rows of a room end."""

from collections.abc import Sequence

from sottovoce.infra.db.model import Batch, Database, Query, Statement

from ..ports import ErasedRoom

_STAYS = "state_key IS NOT NULL AND type IN ('m.room.create', 'm.room.member')"
_LIST_STAYING = Query(
    f"SELECT position FROM events WHERE room_key = $1 AND position > $2 AND {_STAYS} ORDER BY position LIMIT $3"
)
_LIST_ERASED = Query(
    "SELECT e.room_key, r.room_id FROM erased_rooms e JOIN rooms r ON r.room_key = e.room_key"
    " WHERE e.erased_at_ms < $1 ORDER BY e.erased_at_ms LIMIT $2"
)

_REMOVE_CONTENT = Statement("events", f"DELETE FROM events WHERE room_key = $1 AND NOT ({_STAYS})")
_EMPTY = Statement(
    "events", "UPDATE events SET pdu = $2, device_id = NULL, txn_id = NULL, redacted_by = NULL WHERE position = $1"
)
_REMOVE_STATE = Statement(
    "room_state", "DELETE FROM room_state WHERE room_key = $1 AND type NOT IN ('m.room.create', 'm.room.member')"
)
_REMOVE_RELATIONS = Statement("relations", "DELETE FROM relations WHERE room_key = $1")
_ADD_ERASED = Statement(
    "erased_rooms",
    "INSERT INTO erased_rooms (room_key, erased_at_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING",
)
_REMOVE_ALL = (
    Statement("events", "DELETE FROM events WHERE room_key = $1"),
    Statement("room_state", "DELETE FROM room_state WHERE room_key = $1"),
    Statement("forgotten_rooms", "DELETE FROM forgotten_rooms WHERE room_key = $1"),
    Statement("rooms", "DELETE FROM rooms WHERE room_key = $1"),
    Statement("erased_rooms", "DELETE FROM erased_rooms WHERE room_key = $1"),
)


class ErasingRows:
    """Implements ports.ErasingStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_staying(self, room_key: int, after: int, limit: int) -> list[int]:
        return [row[0] for row in await self._database.all(_LIST_STAYING, room_key, after, limit)]

    async def list_erased(self, before_ms: int, limit: int) -> Sequence[ErasedRoom]:
        return [ErasedRoom(*row) for row in await self._database.all(_LIST_ERASED, before_ms, limit)]

    def remove_content(self, batch: Batch, room_key: int) -> None:
        for statement in (_REMOVE_CONTENT, _REMOVE_STATE, _REMOVE_RELATIONS):
            batch.write(statement, room_key)

    def empty_event(self, batch: Batch, position: int, pdu: bytes) -> None:
        batch.write(_EMPTY, position, pdu)

    def add_erased(self, batch: Batch, room_key: int, at_ms: int) -> None:
        batch.write(_ADD_ERASED, room_key, at_ms)

    def remove_all(self, batch: Batch, room: ErasedRoom) -> None:
        for statement in _REMOVE_ALL:
            batch.write(statement, room.room_key)
