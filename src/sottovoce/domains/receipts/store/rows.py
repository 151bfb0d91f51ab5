"""The table of receipts."""

from collections import OrderedDict
from collections.abc import Iterable

from sottovoce.infra.db.model import Batch, Database, Query, Row, Statement
from sottovoce.protocol.ids import EventId, RoomId, UserId

from ..model import PUBLIC, Receipt, ReceiptKey
from ..rules import newest_receipt
from .recent import RecentReceipts

NEWEST_KEPT_MAX = 20_000
"""How many keys have their newest receipt in memory, so that one behind it is refused before it is committed."""

_COLUMNS = "room_id, user_id, receipt_type, thread_id, event_id, event_position, received_at_ms, position"
_SET = Statement(
    "receipts",
    f"INSERT INTO receipts ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT (room_id, user_id, receipt_type, thread_id) DO UPDATE SET event_id = excluded.event_id,"
    " event_position = excluded.event_position, received_at_ms = excluded.received_at_ms, position = excluded.position"
    " WHERE excluded.event_position > receipts.event_position",
)
_FIND = Query(
    f"SELECT {_COLUMNS} FROM receipts WHERE room_id = $1 AND user_id = $2 AND receipt_type = $3 AND thread_id = $4"
)
_SEEN_BY_READER = f"(receipt_type = '{PUBLIC}' OR user_id = $2)"
_LIST_ALL = Query(f"SELECT {_COLUMNS} FROM receipts WHERE room_id IN {{list:$1:text}} AND {_SEEN_BY_READER}")
_LIST_BETWEEN = Query(
    f"SELECT {_COLUMNS} FROM receipts WHERE room_id IN {{list:$1:text}} AND {_SEEN_BY_READER}"
    " AND position > $3 AND position <= $4 ORDER BY position"
)
_LIST_OF = Query(f"SELECT {_COLUMNS} FROM receipts WHERE room_id IN {{list:$1:text}} AND user_id = $2")


class ReceiptRows:
    """Implements ports.ReceiptStore."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent = RecentReceipts()
        self._newest: OrderedDict[ReceiptKey, Receipt] = OrderedDict()

    async def find(self, key: ReceiptKey) -> Receipt | None:
        known = self._newest.get(key)
        if known is not None:
            return known
        row = await self._database.one(_FIND, *key)
        # One given while the database was asked is newer than what it answers.
        return self._newest.get(key) or (_receipt(row) if row is not None else None)

    def add(self, batch: Batch, receipt: Receipt) -> None:
        batch.write(
            _SET, *receipt.key, receipt.event_id, receipt.event_position, receipt.received_at_ms, receipt.position
        )
        self._newest[receipt.key] = newest_receipt(self._newest.get(receipt.key), receipt)
        self._newest.move_to_end(receipt.key)
        if len(self._newest) > NEWEST_KEPT_MAX:
            self._newest.popitem(last=False)
        self._recent.add(receipt)

    def forget_failed(self, receipt: Receipt) -> None:
        if self._newest.get(receipt.key) is receipt:
            del self._newest[receipt.key]
        self._recent.remove(receipt)

    async def list_all(self, room_ids: Iterable[RoomId], reader: UserId) -> dict[RoomId, list[Receipt]]:
        return _by_room(await self._database.all(_LIST_ALL, list(room_ids), reader))

    async def list_between(
        self, room_ids: Iterable[RoomId], reader: UserId, after: int, until: int
    ) -> dict[RoomId, list[Receipt]]:
        found: dict[RoomId, list[Receipt]] = {}
        unknown = []
        for room_id in room_ids:
            recent = self._recent.between(room_id, after, until)
            if recent is None:
                unknown.append(room_id)
            elif visible := [it for it in recent if it.key.receipt_type == PUBLIC or it.key.user_id == reader]:
                found[room_id] = visible
        if unknown:
            found |= _by_room(await self._database.all(_LIST_BETWEEN, unknown, reader, after, until))
        return found

    async def list_of(self, user_id: UserId, room_ids: Iterable[RoomId]) -> dict[RoomId, list[Receipt]]:
        return _by_room(await self._database.all(_LIST_OF, list(room_ids), user_id))


def _by_room(rows: Iterable[Row]) -> dict[RoomId, list[Receipt]]:
    rooms: dict[RoomId, list[Receipt]] = {}
    for row in rows:
        receipt = _receipt(row)
        rooms.setdefault(receipt.key.room_id, []).append(receipt)
    return rooms


def _receipt(row: Row) -> Receipt:
    room_id, user_id, receipt_type, thread_id, event_id, event_position, received_at_ms, position = row
    key = ReceiptKey(RoomId(room_id), UserId(user_id), receipt_type, thread_id)
    return Receipt(key, EventId(event_id), event_position, received_at_ms, position)
