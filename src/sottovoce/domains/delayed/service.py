"""Delayed events: taking orders, changing them, and sending what is due."""

import asyncio
from contextlib import suppress

import msgspec
import structlog

from sottovoce.domains.rooms.model import DELAYED_DEVICE, Txn
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database, WriteConflict, WriteFailed
from sottovoce.infra.ids import Ids
from sottovoce.protocol.ids import EventId, RoomId, UserId

from .model import Action, DelayedEvent, DelayNotFound, Limits, Order, TooManyDelayed
from .ports import DelayedStore, ErrorWords, Senders, SendingRooms
from .rules import check_delay, encoded_content, is_done

DELAY_ID_BYTES = 18
SENT_AT_ONCE_EVENTS = 100
LONGEST_WAIT_S = 30.0
"""How long it can take at most until a change of the machine's clock is noticed."""
KEPT_FINALISED_MS = 7 * 24 * 3600 * 1000
KEPT_FINALISED_EVENTS = 1_000
"""Of one person; whichever comes first."""
SWEPT_EVERY_MS = 3600 * 1000
_LOCKS = 64
_REDACTION = "m.room.redaction"

_log = structlog.get_logger()


class Delayed:
    """The delayed events of everybody."""

    def __init__(
        self,
        store: DelayedStore,
        rooms: SendingRooms,
        senders: Senders,
        database: Database,
        clock: Clock,
        ids: Ids,
        limits: Limits,
        error_words: ErrorWords,
    ) -> None:
        self._store = store
        self._rooms = rooms
        self._senders = senders
        self._database = database
        self._clock = clock
        self._ids = ids
        self._limits = limits
        self._error_words = error_words
        self._locks = [asyncio.Lock() for _ in range(_LOCKS)]
        self._news = asyncio.Event()
        self._swept_at_ms = 0

    async def schedule(self, order: Order, delay_ms: int) -> str:
        """The event will be sent when the delay is over, also if the server restarts meanwhile; its delay id.

        Raises NoDelays, BadOrder, Malformed, DelayTooLong, TooManyDelayed.
        Spec: proposal 4140, Scheduling a delayed event.
        """
        check_delay(delay_ms, self._limits)
        content = encoded_content(order)
        known = await self._repeated(order)
        if known is not None:
            return known
        async with self._lock(order.user_id):
            await self._make_room(order.user_id)
            delayed = DelayedEvent(self._ids.url_safe(DELAY_ID_BYTES), order, delay_ms, self._clock.now_ms())
            batch = Batch()
            self._store.add(batch, delayed, content)
            try:
                await self._database.commit(batch)
            except WriteConflict:
                known = await self._repeated(order)
                if known is None:
                    raise
                return known
        self._news.set()
        return delayed.delay_id

    async def find(self, user_id: UserId, delay_id: str) -> DelayedEvent:
        """The person's delayed event. Raises DelayNotFound. Spec: proposal 4140, Getting a single delayed event."""
        delayed = await self._store.find(delay_id)
        if delayed is None or delayed.order.user_id != user_id:
            raise DelayNotFound
        return delayed if delayed.event_id is None else await self._with_content(delayed, delayed.event_id)

    async def list(self, user_id: UserId) -> list[DelayedEvent]:
        """The person's scheduled events, those due first, first. Spec: proposal 4140, Getting a list."""
        return await self._store.list_scheduled(user_id, max(self._limits.max_scheduled, 1))

    async def act(self, user_id: UserId, delay_id: str, action: Action) -> None:
        """The event is sent, cancelled, or delayed anew; done again the same is no error.

        Raises DelayNotFound, AlreadyFinalised; for SEND whatever rooms raise: then it stays scheduled.
        Spec: proposal 4140, Managing scheduled delayed events.
        """
        async with self._lock(delay_id):
            delayed = await self.find(user_id, delay_id)
            if is_done(delayed, action):
                return
            now_ms = self._clock.now_ms()
            batch = Batch()
            if action is Action.SEND:
                self._store.set_finalised(batch, delay_id, now_ms, await self._send(delayed), None)
            elif action is Action.CANCEL:
                self._store.set_finalised(batch, delay_id, now_ms, None, None)
            else:
                self._store.set_restarted(batch, delay_id, now_ms, now_ms + delayed.delay_ms)
            await self._database.commit(batch)

    async def send_due(self) -> None:
        """Everything that is due has been sent, in the order of its time, or has failed for good."""
        while due := await self._store.list_due(self._clock.now_ms(), SENT_AT_ONCE_EVENTS):
            for delay_id in due:
                await self._send_if_due(delay_id)

    async def send_for_ever(self) -> None:
        """Never returns: what is due is sent on time. To be kept running by infra's tasks."""
        while True:
            self._news.clear()
            await self._sweep()
            await self.send_due()
            next_ms = await self._store.find_next_due()
            wait_s = LONGEST_WAIT_S if next_ms is None else (next_ms - self._clock.now_ms()) / 1000
            with suppress(TimeoutError):
                # Not wait_for, which forgets being cancelled where the news comes in the same moment.
                async with asyncio.timeout(min(max(wait_s, 0.001), LONGEST_WAIT_S)):
                    await self._news.wait()

    async def forget_user(self, user_id: UserId) -> None:
        """Nothing of this person will be sent, and nothing says what was."""
        batch = Batch()
        self._store.remove_of_user(batch, user_id)
        await self._database.commit(batch)

    async def erase_room(self, room_id: RoomId) -> None:
        """Nothing will be sent there, and nothing says what was."""
        batch = Batch()
        self._store.remove_of_room(batch, room_id)
        await self._database.commit(batch)

    async def _with_content(self, delayed: DelayedEvent, event_id: EventId) -> DelayedEvent:
        """What was sent says what its event says now: nothing, if that was redacted."""
        placed = await self._rooms.find_timeline_event(delayed.order.room_id, event_id)
        content = {} if placed is None else placed.event.content
        return msgspec.structs.replace(delayed, order=delayed.order._replace(content=content))

    async def _repeated(self, order: Order) -> str | None:
        if order.txn_id is None:
            return None
        return await self._store.find_by_transaction(
            order.user_id, order.device_id, order.txn_id, order.room_id, order.type
        )

    async def _make_room(self, user_id: UserId) -> None:
        """The person may schedule one more, and does not have too many that are over. Raises TooManyDelayed."""
        scheduled = await self._store.list_scheduled(user_id, self._limits.max_scheduled)
        if len(scheduled) >= self._limits.max_scheduled:
            raise TooManyDelayed(max(1, scheduled[0].due_at_ms - self._clock.now_ms()))
        too_old_ms = await self._store.find_nth_finalised(user_id, KEPT_FINALISED_EVENTS - 1)
        if too_old_ms is not None:
            batch = Batch()
            self._store.remove_finalised(batch, user_id, too_old_ms)
            await self._database.commit(batch)

    async def _send_if_due(self, delay_id: str) -> None:
        """The event is sent, or its failure written down, unless somebody was quicker to do something else."""
        async with self._lock(delay_id):
            delayed = await self._store.find(delay_id)
            now_ms = self._clock.now_ms()
            if delayed is None or delayed.finalised_at_ms is not None or delayed.due_at_ms > now_ms:
                return
            event_id, error = None, None
            try:
                event_id = await self._send(delayed)
            except WriteFailed:
                raise
            except Exception as failure:  # noqa: BLE001 - nobody waits for the answer: whatever it is, it is kept
                words = self._error_words(failure)
                if words is None:
                    _log.exception("delayed.failed", delay_id=delay_id)
                    words = {"errcode": "M_UNKNOWN", "error": "Internal server error"}
                error = msgspec.json.encode(words)
            batch = Batch()
            self._store.set_finalised(batch, delay_id, now_ms, event_id, error)
            await self._database.commit(batch)

    async def _send(self, delayed: DelayedEvent) -> EventId:
        """The event is in the room; if it was before, because a run ended right after, it is there once still."""
        order = delayed.order
        await self._senders.check_may_send(order.user_id, while_suspended=order.type == _REDACTION)
        room_id, sender, txn = order.room_id, order.user_id, Txn(DELAYED_DEVICE, delayed.delay_id)
        if order.state_key is None:
            return await self._rooms.send(room_id, sender, order.type, order.content, txn, order.sent_at_ms)
        return await self._rooms.set_state(
            room_id, sender, order.type, order.state_key, order.content, order.sent_at_ms, txn
        )

    async def _sweep(self) -> None:
        now_ms = self._clock.now_ms()
        if now_ms - self._swept_at_ms >= SWEPT_EVERY_MS:
            self._swept_at_ms = now_ms
            batch = Batch()
            self._store.remove_finalised(batch, None, now_ms - KEPT_FINALISED_MS)
            await self._database.commit(batch)

    def _lock(self, key: str) -> asyncio.Lock:
        return self._locks[hash(key) % _LOCKS]
