"""The table of delayed events."""

import msgspec

from sottovoce.infra.db.model import Batch, Database, Query, Row, Statement
from sottovoce.protocol.ids import DeviceId, EventId, RoomId, UserId

from .model import DelayedEvent, Order

_COLUMNS = (
    "SELECT delay_id, user_id, device_id, txn_id, room_id, type, state_key, content, sent_at_ms,"
    " delay_ms, delayed_since_ms, finalised_at_ms, event_id, error FROM delayed_events"
)
_FIND = Query(f"{_COLUMNS} WHERE delay_id = $1")
_BY_TRANSACTION = Query(
    "SELECT delay_id FROM delayed_events"
    " WHERE user_id = $1 AND device_id = $2 AND txn_id = $3 AND room_id = $4 AND type = $5"
)
_SCHEDULED = Query(f"{_COLUMNS} WHERE user_id = $1 AND finalised_at_ms IS NULL ORDER BY due_at_ms LIMIT $2")
_DUE = Query(
    "SELECT delay_id FROM delayed_events WHERE finalised_at_ms IS NULL AND due_at_ms <= $1 ORDER BY due_at_ms LIMIT $2"
)
_NEXT_DUE = Query("SELECT due_at_ms FROM delayed_events WHERE finalised_at_ms IS NULL ORDER BY due_at_ms LIMIT 1")
_NTH_FINALISED = Query(
    "SELECT finalised_at_ms FROM delayed_events WHERE user_id = $1 AND finalised_at_ms IS NOT NULL"
    " ORDER BY finalised_at_ms DESC LIMIT 1 OFFSET $2"
)
_ADD = Statement(
    "delayed_events",
    "INSERT INTO delayed_events (delay_id, user_id, device_id, txn_id, room_id, type, state_key, content, sent_at_ms,"
    " delay_ms, delayed_since_ms, due_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
)
_SET_RESTARTED = Statement(
    "delayed_events", "UPDATE delayed_events SET delayed_since_ms = $2, due_at_ms = $3 WHERE delay_id = $1"
)
_SET_FINALISED = Statement(
    "delayed_events", "UPDATE delayed_events SET finalised_at_ms = $2, error = $3 WHERE delay_id = $1"
)
_SET_SENT = Statement(
    "delayed_events",
    "UPDATE delayed_events SET finalised_at_ms = $2, event_id = $3, content = $4 WHERE delay_id = $1",
)
_REMOVE_FINALISED = Statement("delayed_events", "DELETE FROM delayed_events WHERE finalised_at_ms <= $1")
_REMOVE_FINALISED_OF = Statement(
    "delayed_events", "DELETE FROM delayed_events WHERE user_id = $1 AND finalised_at_ms <= $2"
)
_REMOVE_OF_USER = Statement("delayed_events", "DELETE FROM delayed_events WHERE user_id = $1")
_REMOVE_OF_ROOM = Statement("delayed_events", "DELETE FROM delayed_events WHERE room_id = $1")

_decode_content = msgspec.json.Decoder(dict[str, object]).decode


class DelayedRows:
    """Implements ports.DelayedStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, delay_id: str) -> DelayedEvent | None:
        row = await self._database.one(_FIND, delay_id)
        return None if row is None else _delayed(row)

    async def find_by_transaction(
        self, user_id: UserId, device_id: DeviceId, txn_id: str, room_id: RoomId, event_type: str
    ) -> str | None:
        row = await self._database.one(_BY_TRANSACTION, user_id, device_id, txn_id, room_id, event_type)
        return None if row is None else str(row[0])

    async def list_scheduled(self, user_id: UserId, limit: int) -> list[DelayedEvent]:
        return [_delayed(row) for row in await self._database.all(_SCHEDULED, user_id, limit)]

    async def list_due(self, until_ms: int, limit: int) -> list[str]:
        return [row[0] for row in await self._database.all(_DUE, until_ms, limit)]

    async def find_next_due(self) -> int | None:
        row = await self._database.one(_NEXT_DUE)
        return None if row is None else int(row[0])

    async def find_nth_finalised(self, user_id: UserId, nth: int) -> int | None:
        row = await self._database.one(_NTH_FINALISED, user_id, nth)
        return None if row is None else int(row[0])

    def add(self, batch: Batch, delayed: DelayedEvent, content: bytes) -> None:
        order = delayed.order
        batch.write(
            _ADD,
            delayed.delay_id,
            order.user_id,
            order.device_id,
            order.txn_id,
            order.room_id,
            order.type,
            order.state_key,
            content,
            order.sent_at_ms,
            delayed.delay_ms,
            delayed.delayed_since_ms,
            delayed.due_at_ms,
        )

    def set_restarted(self, batch: Batch, delay_id: str, delayed_since_ms: int, due_at_ms: int) -> None:
        batch.write(_SET_RESTARTED, delay_id, delayed_since_ms, due_at_ms)

    def set_finalised(
        self, batch: Batch, delay_id: str, at_ms: int, event_id: EventId | None, error: bytes | None
    ) -> None:
        if event_id is None:
            batch.write(_SET_FINALISED, delay_id, at_ms, error)
        else:
            batch.write(_SET_SENT, delay_id, at_ms, event_id, b"{}")

    def remove_finalised(self, batch: Batch, user_id: UserId | None, until_ms: int) -> None:
        if user_id is None:
            batch.write(_REMOVE_FINALISED, until_ms)
        else:
            batch.write(_REMOVE_FINALISED_OF, user_id, until_ms)

    def remove_of_user(self, batch: Batch, user_id: UserId) -> None:
        batch.write(_REMOVE_OF_USER, user_id)

    def remove_of_room(self, batch: Batch, room_id: RoomId) -> None:
        batch.write(_REMOVE_OF_ROOM, room_id)


def _delayed(row: Row) -> DelayedEvent:
    delay_id, user_id, device_id, txn_id, room_id, event_type, state_key, content, sent_at_ms, *rest = row
    order = Order(user_id, device_id, txn_id, room_id, event_type, state_key, _decode_content(content), sent_at_ms)
    delay_ms, delayed_since_ms, finalised_at_ms, event_id, error = rest
    told = None if error is None else msgspec.Raw(error)
    return DelayedEvent(delay_id, order, delay_ms, delayed_since_ms, finalised_at_ms, event_id, told)
