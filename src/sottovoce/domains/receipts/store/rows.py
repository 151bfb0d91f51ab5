"""The table of receipts."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from sottovoce.infra.db.model import Batch, Database, Query, Row, Statement
from sottovoce.protocol.ids import EventId, RoomId, UserId

from ..model import PUBLIC, ReadMarks, Receipt, ReceiptKey
from ..rules import newest_receipt, read_marks
from .recent import RecentReceipts

OWN_KEPT_MAX = 20_000
"""How many pairs of a person and a room have what the person has read there in memory."""

_COLUMNS = "room_id, user_id, receipt_type, thread_id, event_id, event_position, received_at_ms, position"
_SET = Statement(
    "receipts",
    f"INSERT INTO receipts ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT (room_id, user_id, receipt_type, thread_id) DO UPDATE SET event_id = excluded.event_id,"
    " event_position = excluded.event_position, received_at_ms = excluded.received_at_ms, position = excluded.position"
    " WHERE excluded.event_position > receipts.event_position",
)
_SEEN_BY_READER = f"(receipt_type = '{PUBLIC}' OR user_id = $2)"
_LIST_ALL = Query(f"SELECT {_COLUMNS} FROM receipts WHERE room_id IN {{list:$1:text}} AND {_SEEN_BY_READER}")
_LIST_BETWEEN = Query(
    f"SELECT {_COLUMNS} FROM receipts WHERE room_id IN {{list:$1:text}} AND {_SEEN_BY_READER}"
    " AND position > $3 AND position <= $4 ORDER BY position"
)
_LIST_GIVEN = Query(
    f"SELECT {_COLUMNS} FROM receipts WHERE room_id IN {{list:$1:text}}"
    " AND position > $2 AND position <= $3 ORDER BY position"
)
_REMOVE = Statement("receipts", "DELETE FROM receipts WHERE room_id = $1")
_LIST_OF = Query(f"SELECT {_COLUMNS} FROM receipts WHERE room_id IN {{list:$1:text}} AND user_id = $2")


class _Own:
    """All receipts of one person in one room, and what they come to."""

    __slots__ = ("marks", "receipts")

    def __init__(self, receipts: Iterable[Receipt]) -> None:
        self.receipts = {receipt.key: receipt for receipt in receipts}
        self.marks = read_marks(self.receipts.values())

    def add(self, receipt: Receipt) -> None:
        self.receipts[receipt.key] = newest_receipt(self.receipts.get(receipt.key), receipt)
        self.marks = read_marks(self.receipts.values())


class ReceiptRows:
    """Implements ports.ReceiptStore.

    What a person has read is in memory ahead of its commit, so that a receipt behind one on its way is refused.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent = RecentReceipts()
        self._own: OrderedDict[tuple[UserId, RoomId], _Own] = OrderedDict()

    async def find(self, key: ReceiptKey) -> Receipt | None:
        await self._load(key.user_id, [key.room_id])
        return self._own[key.user_id, key.room_id].receipts.get(key)

    async def list_own(self, user_id: UserId, room_ids: Iterable[RoomId]) -> dict[RoomId, list[Receipt]]:
        rooms = list(room_ids)
        await self._load(user_id, rooms)
        return {room_id: list(self._own[user_id, room_id].receipts.values()) for room_id in rooms}

    async def find_read_marks(self, user_id: UserId, room_ids: Iterable[RoomId]) -> dict[RoomId, ReadMarks]:
        rooms = list(room_ids)
        await self._load(user_id, rooms)
        return {room_id: self._own[user_id, room_id].marks for room_id in rooms}

    def add(self, batch: Batch, receipt: Receipt) -> None:
        batch.write(
            _SET, *receipt.key, receipt.event_id, receipt.event_position, receipt.received_at_ms, receipt.position
        )
        own = self._own.get((receipt.key.user_id, receipt.key.room_id))
        if own is not None:
            own.add(receipt)
        self._recent.add(receipt)

    def remove_of_room(self, batch: Batch, room_id: RoomId) -> None:
        batch.write(_REMOVE, room_id)
        for key in [each for each in self._own if each[1] == room_id]:
            del self._own[key]
        self._recent.drop_room(room_id)

    def forget_failed(self, receipt: Receipt) -> None:
        self._own.pop((receipt.key.user_id, receipt.key.room_id), None)
        self._recent.remove(receipt)

    async def list_all(self, room_ids: Iterable[RoomId], reader: UserId) -> dict[RoomId, list[Receipt]]:
        return _by_room(await self._database.all(_LIST_ALL, list(room_ids), reader))

    async def list_between(
        self, room_ids: Iterable[RoomId], reader: UserId, after: int, until: int
    ) -> dict[RoomId, list[Receipt]]:
        recent, unknown = self._recently(room_ids, after, until)
        found: dict[RoomId, list[Receipt]] = {}
        for room_id, given in recent.items():
            if visible := [it for it in given if it.key.receipt_type == PUBLIC or it.key.user_id == reader]:
                found[room_id] = visible
        if unknown:
            found |= _by_room(await self._database.all(_LIST_BETWEEN, unknown, reader, after, until))
        return found

    async def list_given(self, room_ids: Iterable[RoomId], after: int, until: int) -> dict[RoomId, list[Receipt]]:
        found, unknown = self._recently(room_ids, after, until)
        if unknown:
            found |= _by_room(await self._database.all(_LIST_GIVEN, unknown, after, until))
        return found

    def _recently(
        self, room_ids: Iterable[RoomId], after: int, until: int
    ) -> tuple[dict[RoomId, list[Receipt]], list[RoomId]]:
        """What was given where, as far as it is in memory; and of which rooms it is not."""
        found: dict[RoomId, list[Receipt]] = {}
        unknown = []
        for room_id in room_ids:
            recent = self._recent.between(room_id, after, until)
            if recent is None:
                unknown.append(room_id)
            elif recent:
                found[room_id] = recent
        return found, unknown

    async def _load(self, user_id: UserId, room_ids: Sequence[RoomId]) -> None:
        own = self._own
        missing = [room_id for room_id in room_ids if (user_id, room_id) not in own]
        if missing:
            found = _by_room(await self._database.all(_LIST_OF, missing, user_id))
            for room_id in missing:
                # One loaded while this waited may already hold a receipt that is not committed yet.
                if (user_id, room_id) not in own:
                    own[user_id, room_id] = _Own(found.get(room_id, ()))
        for room_id in room_ids:
            own.move_to_end((user_id, room_id))
        while len(own) > max(OWN_KEPT_MAX, len(room_ids)):
            own.popitem(last=False)


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
