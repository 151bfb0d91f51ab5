"""Receipts in /sync: `m.receipt` among each room's ephemeral events."""

from collections import OrderedDict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from sottovoce.domains.changes.model import SyncAnswer, SyncAsk
from sottovoce.protocol.ids import RoomId

from .model import Receipt
from .ports import ReceiptStore
from .rules import receipt_events

ENCODED_KEPT_MAX = 512


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
