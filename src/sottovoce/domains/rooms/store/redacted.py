"""The rows of what redacted events said."""

from sottovoce.infra.db.model import Batch, Database, Query, Statement

_FIND = Query("SELECT pdu FROM redacted_events WHERE position = $1 AND kept_until_ms > $2")
_KEEP = Statement(
    "redacted_events",
    "INSERT INTO redacted_events (position, room_key, pdu, kept_until_ms) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT DO NOTHING",
)
_REMOVE_UNTIL = Statement("redacted_events", "DELETE FROM redacted_events WHERE kept_until_ms <= $1")
_REMOVE_OF_ROOM = Statement("redacted_events", "DELETE FROM redacted_events WHERE room_key = $1")


class RedactedRows:
    """Implements ports.RedactedStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, position: int, now_ms: int) -> bytes | None:
        row = await self._database.one(_FIND, position, now_ms)
        return None if row is None else bytes(row[0])

    def keep(self, batch: Batch, room_key: int, position: int, pdu: bytes, until_ms: int) -> None:
        batch.write(_KEEP, position, room_key, pdu, until_ms)

    def remove_until(self, batch: Batch, until_ms: int) -> None:
        batch.write(_REMOVE_UNTIL, until_ms)

    def remove_of_room(self, batch: Batch, room_key: int) -> None:
        batch.write(_REMOVE_OF_ROOM, room_key)
