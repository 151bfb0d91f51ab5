"""The receipts: giving them, and what they say of how far somebody has read."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

import msgspec
from msgspec import UNSET

from sottovoce.domains.accounts.model import AccountDataNotFound
from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.domains.rooms.model import EventNotFound, InvalidParam, NotInRoom, TimelineEvent
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import EventId, RoomId, UserId

from .model import FULLY_READ, MAIN, PUBLIC, UNTHREADED, ReadMarks, Receipt, ReceiptKey
from .ports import Activity, ReceiptStore, RoomAccountData, Timelines
from .rules import THREAD_HOPS_MAX, is_receipt_type, newest_receipt, next_hop, why_not_a_thread


class _Marker(msgspec.Struct):
    event_id: EventId


_decode_marker = msgspec.json.Decoder(_Marker).decode


class Receipts:
    """Who has read what."""

    def __init__(
        self,
        rooms: Timelines,
        account_data: RoomAccountData,
        activity: Activity,
        store: ReceiptStore,
        database: Database,
        changes: Changes,
        clock: Clock,
    ) -> None:
        self._rooms = rooms
        self._account_data = account_data
        self._activity = activity
        self._store = store
        self._database = database
        self._changes = changes
        self._clock = clock

    async def erase_room(self, room_id: RoomId) -> None:
        """Nothing says who has read what in the room."""
        batch = Batch()
        self._store.remove_of_room(batch, room_id)
        await self._database.commit(batch)

    async def mark(
        self, room_id: RoomId, user_id: UserId, receipt_type: str, event_id: EventId, thread_id: object = UNSET
    ) -> None:
        """The person has read up to this event; a receipt that is further on already stays.

        receipt_type: m.read, m.read.private or m.fully_read. thread_id: UNSET, or whatever the client sent.
        Raises InvalidParam, NotInRoom, EventNotFound, WriteFailed.
        Spec: client-server, Receipts; Fully read markers.
        """
        members = await self._rooms.joined_users(room_id)
        if user_id not in members:
            raise NotInRoom
        if receipt_type == FULLY_READ:
            await self._mark_fully_read(room_id, user_id, event_id, thread_id)
            return
        if not is_receipt_type(receipt_type):
            raise InvalidParam("the receipt type must be m.read, m.read.private or m.fully_read")
        shown = await self._find(room_id, event_id)
        key = ReceiptKey(room_id, user_id, receipt_type, await self._checked_thread(shown, thread_id))
        new = Receipt(key, event_id, shown.position, self._clock.now_ms(), 0)
        old = await self._store.find(key)
        if newest_receipt(old, new) is new:
            self._activity.active(user_id)
            await self._give(new, members if receipt_type == PUBLIC else frozenset({user_id}))

    async def read_marks(self, user_id: UserId, room_ids: Iterable[RoomId]) -> dict[RoomId, ReadMarks]:
        """How far the person has read in each of these rooms; an entry for every room, the same until that changes.

        Spec: client-server, Marking notifications as read.
        """
        return await self._store.find_read_marks(user_id, room_ids)

    async def given(self, room_ids: Iterable[RoomId], after: int, until: int) -> dict[RoomId, list[Receipt]]:
        """The receipts given in these rooms in (after, until], private ones too; rooms without any are left out."""
        return await self._store.list_given(room_ids, after, until)

    async def thread_of(self, shown: TimelineEvent) -> EventId | None:
        """The root of the thread the event is in, found over a few relations; None: the main timeline.

        Spec: client-server, Threaded read receipts.
        """
        thread, asked = next_hop(shown.event)
        for _ in range(THREAD_HOPS_MAX - 1):
            if asked is None:
                break
            parent = await self._rooms.find_timeline_event(shown.event.room_id, asked)
            if parent is None:
                break
            thread, asked = next_hop(parent.event)
        return thread

    async def _find(self, room_id: RoomId, event_id: EventId) -> TimelineEvent:
        shown = await self._rooms.find_timeline_event(room_id, event_id)
        if shown is None:
            raise EventNotFound
        return shown

    async def _give(self, receipt: Receipt, audience: AbstractSet[UserId]) -> None:
        placed = msgspec.structs.replace(receipt, position=self._changes.next_position())
        batch = Batch(on_failed=lambda: self._store.forget_failed(placed))
        self._store.add(batch, placed)
        batch.announce(Change("receipts", placed.position, placed.key.room_id, audience, placed.key.user_id))
        await self._database.commit(batch)

    async def _mark_fully_read(self, room_id: RoomId, user_id: UserId, event_id: EventId, thread_id: object) -> None:
        if thread_id is not UNSET:
            raise InvalidParam("m.fully_read is of no thread: leave thread_id out")
        shown = await self._find(room_id, event_id)
        if await self._fully_read_position(room_id, user_id) < shown.position:
            await self._account_data.set(user_id, room_id, FULLY_READ, {"event_id": event_id})

    async def _fully_read_position(self, room_id: RoomId, user_id: UserId) -> int:
        try:
            content = await self._account_data.find(user_id, room_id, FULLY_READ)
        except AccountDataNotFound:
            return 0
        marked = await self._rooms.find_timeline_event(room_id, _decode_marker(content).event_id)
        return 0 if marked is None else marked.position

    async def _checked_thread(self, shown: TimelineEvent, thread_id: object) -> str:
        if thread_id is UNSET:
            return UNTHREADED
        if (why := why_not_a_thread(thread_id)) is not None:
            raise InvalidParam(why)
        assert isinstance(thread_id, str), "why_not_a_thread accepts text only"
        thread = await self.thread_of(shown)
        if thread_id == MAIN:
            is_of_thread = thread is None
        else:
            is_of_thread = thread_id in (thread, shown.event.event_id) or next_hop(shown.event)[1] == thread_id
        if not is_of_thread:
            raise InvalidParam("the event is not of this thread")
        return thread_id
