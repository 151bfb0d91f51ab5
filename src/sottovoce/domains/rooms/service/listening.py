"""The old stream of events: all of one's rooms, or one room that everybody may read.

Register, read, wait, in this order. Spec: client-server, GET /events (deprecated, but for previews of rooms).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Listener
from sottovoce.protocol.ids import RoomId

from ..model import EventsPage, Reader
from .finding import Finding

MAX_WAIT_MS = 120_000
MAX_EVENTS = 100
"""Of each room, in one answer; the others come with the next."""


class Peeks:
    """Those who wait for a room they are not in."""

    def __init__(self) -> None:
        self._waiting: dict[RoomId, set[Listener]] = {}

    def changed(self, change: Change) -> None:
        """Whoever waits for the room is awake. Follows the stream of rooms."""
        for listener in self._waiting.get(change.room_id, ()) if change.room_id is not None else ():
            listener.notify()

    @contextmanager
    def waiting(self, room_id: RoomId | None, listener: Listener) -> Iterator[None]:
        """Within, nothing that happens in the room is missed."""
        if room_id is None:
            yield
            return
        self._waiting.setdefault(room_id, set()).add(listener)
        try:
            yield
        finally:
            self._waiting[room_id].discard(listener)
            if not self._waiting[room_id]:
                del self._waiting[room_id]


class Listening(Finding):
    """Tells events as they come."""

    _peeks: Peeks

    @property
    def peeks(self) -> Peeks:
        return self._peeks

    async def events_from(
        self, reader: Reader, start: str | None, room_id: RoomId | None, timeout_ms: int
    ) -> EventsPage:
        """What happened after this place in the reader's rooms, or in this one, which they may read.

        At once, or as soon as something happens within the timeout. start None: from now on.
        Raises InvalidParam (a foreign token), NotInRoom. Spec: client-server, GET /events.
        """
        changes, clock = self._tools.changes, self._tools.clock
        position = changes.now.log if start is None else self._page_position(reader.user_id, start)
        until_s = clock.monotonic_s() + min(timeout_ms, MAX_WAIT_MS) / 1000
        with changes.listen(reader.user_id) as listener, self._peeks.waiting(room_id, listener):
            while True:
                chunk, end = await self._since(reader, position, room_id)
                left_s = until_s - clock.monotonic_s()
                if chunk or left_s <= 0 or changes.is_closing:
                    break
                await listener.wait(left_s)
        token = start or self.page_token(reader.user_id, position)
        return EventsPage(token, self.page_token(reader.user_id, end), chunk)

    async def _since(self, reader: Reader, position: int, room_id: RoomId | None) -> tuple[list[bytes], int]:
        """The events after this position, in order; and how far that goes."""
        now = self._tools.changes.now.log
        mine = await self.joined_rooms(reader.user_id) if room_id is None else [room_id]
        end, found = now, []
        for each in mine if room_id is not None else await self._tools.store.list_newest(mine, position):
            access = await self.access(reader.user_id, each)
            until = min(access.until, now)
            places = await self._tools.store.positions_after(access.room.room_key, position, until, MAX_EVENTS)
            if len(places) == MAX_EVENTS:
                end = min(end, places[-1])
            seen = await self.visible(access, await self.memory.events(places))
            shown = await self.shown(access, reader, seen)
            found += [(placed.position, event) for (placed, _), event in zip(seen, shown, strict=True)]
        return [event for place, event in sorted(found) if place <= end], end
