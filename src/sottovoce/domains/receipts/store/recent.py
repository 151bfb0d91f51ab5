"""The newest receipts of the rooms where some were given lately.

A receipt is told to everybody in its room, so it is kept where all of them can take it from instead of each asking
the database. It enters when its batch takes its place in the commit order; nobody asks for positions that are not
committed, so nobody sees it too early.
"""

from collections import OrderedDict, deque

from sottovoce.protocol.ids import RoomId

from ..model import Receipt, ReceiptKey

RECENT_ROOMS_MAX = 1024
RECENT_PER_ROOM_MAX = 256


class _Room:
    __slots__ = ("floor", "receipts")

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self.receipts: deque[Receipt] = deque()


class RecentReceipts:
    """Of each of RECENT_ROOMS_MAX rooms the last RECENT_PER_ROOM_MAX receipts, in the order they were given."""

    def __init__(self) -> None:
        self._rooms: OrderedDict[RoomId, _Room] = OrderedDict()

    def add(self, receipt: Receipt) -> None:
        room_id = receipt.key.room_id
        room = self._rooms.get(room_id)
        if room is None:
            room = self._rooms[room_id] = _Room(receipt.position - 1)
            if len(self._rooms) > RECENT_ROOMS_MAX:
                self._rooms.popitem(last=False)
        self._rooms.move_to_end(room_id)
        room.receipts.append(receipt)
        if len(room.receipts) > RECENT_PER_ROOM_MAX:
            room.floor = room.receipts.popleft().position

    def remove(self, receipt: Receipt) -> None:
        room = self._rooms.get(receipt.key.room_id)
        if room is not None and receipt in room.receipts:
            room.receipts.remove(receipt)

    def drop_room(self, room_id: RoomId) -> None:
        """What is known of the room is read again."""
        self._rooms.pop(room_id, None)

    def between(self, room_id: RoomId, after: int, until: int) -> list[Receipt] | None:
        """The newest of each key in (after, until], ascending; None: not known here."""
        room = self._rooms.get(room_id)
        if room is None or after < room.floor:
            return None
        newest: dict[ReceiptKey, Receipt] = {}
        for receipt in reversed(room.receipts):
            if receipt.position <= after:
                break
            if receipt.position <= until:
                newest.setdefault(receipt.key, receipt)
        return list(reversed(newest.values()))
