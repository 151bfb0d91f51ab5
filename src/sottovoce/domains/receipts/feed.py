"""Receipts in /sync: `m.receipt` among each room's ephemeral events."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from sottovoce.domains.changes.model import SyncAnswer, SyncAsk
from sottovoce.protocol.ids import RoomId, UserId

from .model import Receipt
from .ports import ReceiptStore
from .rules import receipt_event, receipt_events

ENCODED_KEPT_MAX = 512
READ_TOGETHER_ROOMS = 20
"""How many rooms' receipts are read at once, those whose timelines begin about the same time together."""


class ReceiptFeed:
    """Implements changes.ports.Feed. What was last encoded is kept: most of a room's people wait for the same."""

    stream = "receipts"

    def __init__(self, store: ReceiptStore) -> None:
        self._store = store
        self._encoded: OrderedDict[tuple[RoomId, tuple[int, ...]], list[bytes]] = OrderedDict()

    async def contribute(self, ask: SyncAsk, answer: SyncAnswer) -> None:
        """The answer's rooms hold every receipt this person may see, or those given in (since, now]."""
        wanted = _wanted_rooms(ask, answer)
        whole = wanted if ask.since is None else answer.new_rooms & wanted
        if whole:
            for room_id, receipts in (await self._store.list_all(whole, ask.user_id)).items():
                answer.room(room_id).ephemeral += receipt_events(receipts)
        if ask.since is None or not ask.has_moved(self.stream):
            return
        moved = ask.rooms_moved(self.stream)
        rest = (wanted if moved is None else wanted & moved) - whole
        if rest:
            given = await self._store.list_between(rest, ask.user_id, ask.since.log, ask.now.log)
            for room_id, receipts in given.items():
                answer.room(room_id).ephemeral += self._events(room_id, receipts)

    def _events(self, room_id: RoomId, receipts: Iterable[Receipt]) -> list[bytes]:
        name = (room_id, tuple(receipt.position for receipt in receipts))
        events = self._encoded.get(name)
        if events is None:
            events = self._encoded[name] = receipt_events(receipts)
            if len(self._encoded) > ENCODED_KEPT_MAX:
                self._encoded.popitem(last=False)
        return events


def _wanted_rooms(ask: SyncAsk, answer: SyncAnswer) -> AbstractSet[RoomId]:
    rooms, ephemeral = ask.filter.room, ask.filter.room.ephemeral
    if not ephemeral.matches("m.receipt", ""):
        return frozenset()
    return {room for room in answer.joined_rooms if rooms.room_matches(room) and ephemeral.room_matches(room)}


class RoomReceipts:
    """Implements sync.ports.RoomReceipts: one event for each room, with no more receipts than its timeline needs."""

    def __init__(self, store: ReceiptStore) -> None:
        self._store = store

    async def around(self, reader: UserId, floors: Mapping[RoomId, int], until: int) -> dict[RoomId, bytes]:
        """Of each room the receipts for events after this position, and whatever the reader gave. Spec: MSC3960."""
        own = await self._store.list_own(reader, floors)
        given: dict[RoomId, list[Receipt]] = {}
        by_floor = sorted(floors, key=lambda room_id: floors[room_id])
        for start in range(0, len(by_floor), READ_TOGETHER_ROOMS):
            together = by_floor[start : start + READ_TOGETHER_ROOMS]
            # A receipt is given after its event, so those of later events are among those given later.
            given |= await self._store.list_between(together, reader, floors[together[0]], until)
        events = {}
        for room_id, floor in floors.items():
            receipts = {receipt.key: receipt for receipt in own[room_id] if receipt.position <= until}
            receipts |= {receipt.key: receipt for receipt in given.get(room_id, ()) if receipt.event_position > floor}
            if receipts:
                events[room_id] = receipt_event(receipts.values())
        return events

    async def between(self, reader: UserId, room_ids: Iterable[RoomId], after: int, until: int) -> dict[RoomId, bytes]:
        """The receipts given in these rooms in (after, until]."""
        given = await self._store.list_between(room_ids, reader, after, until)
        return {room_id: receipt_event(receipts) for room_id, receipts in given.items()}
