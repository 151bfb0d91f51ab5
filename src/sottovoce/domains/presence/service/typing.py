"""Who is typing where."""

from collections import OrderedDict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from sottovoce.domains.changes.service import Changes
from sottovoce.domains.rooms.model import NotInRoom
from sottovoce.infra.clock import Clock
from sottovoce.protocol.ids import RoomId, UserId

from ..model import NotYours
from ..ports import SharedRooms
from ..rules import typing_event, typing_ms

ROOMS_KEPT_MAX = 10_000
"""Rooms where somebody typed lately; those longest quiet are forgotten first."""


class _Room:
    __slots__ = ("audience", "changed_at", "event", "until_s")

    def __init__(self) -> None:
        self.audience: AbstractSet[UserId] = frozenset()
        self.until_s: dict[UserId, float] = {}
        self.changed_at = 0
        self.event = b""


class Typing:
    """Who is typing in each room, in memory only.

    A room in which nobody types any more is kept for a while: those who have not heard of it yet must.
    """

    def __init__(self, rooms: SharedRooms, changes: Changes, clock: Clock) -> None:
        self._shared = rooms
        self._changes = changes
        self._clock = clock
        self._rooms: OrderedDict[RoomId, _Room] = OrderedDict()
        self._busy: set[RoomId] = set()

    async def set(
        self, room_id: RoomId, caller: UserId, user_id: UserId, is_typing: bool, timeout_ms: int | None
    ) -> None:
        """The people in the room see, or no longer see, the person typing; by itself it ends after timeout_ms.

        Raises NotYours, NotInRoom, RoomNotFound. Spec: client-server, Typing notifications.
        """
        if caller != user_id:
            raise NotYours
        audience = await self._shared.joined_users(room_id)
        if user_id not in audience:
            raise NotInRoom
        if not is_typing:
            self._end(room_id, user_id, wakes=True)
            return
        room = self._rooms.setdefault(room_id, _Room())
        room.audience = audience
        was_typing = user_id in room.until_s
        room.until_s[user_id] = self._clock.monotonic_s() + typing_ms(timeout_ms) / 1000
        if not was_typing:
            self._busy.add(room_id)
            self._publish(room_id, room)
            self._forget_quiet()

    def stopped(self, room_id: RoomId, user_id: UserId) -> None:
        """The person no longer types here. Nobody is woken for it: called when what they typed, or their leaving, is on
        its way, which wakes the same people.
        """
        self._end(room_id, user_id, wakes=False)

    def sweep(self) -> None:
        """Whoever has said nothing for too long no longer types."""
        now_s = self._clock.monotonic_s()
        for room_id in list(self._busy):
            room = self._rooms[room_id]
            late = [user for user, until_s in room.until_s.items() if until_s <= now_s]
            for user in late:
                del room.until_s[user]
            if late:
                self._publish(room_id, room)

    def end_all(self) -> None:
        """Nobody types any more: the server is about to stop, and what it knows of typing with it."""
        for room_id in list(self._busy):
            room = self._rooms[room_id]
            room.until_s.clear()
            self._publish(room_id, room)

    def events(self, room_ids: Iterable[RoomId], after: int | None) -> dict[RoomId, bytes]:
        """The `m.typing` event of each of these rooms that changed after this live position.

        after None: of each room in which somebody types now.
        """
        found = {}
        for room_id in room_ids:
            room = self._rooms.get(room_id)
            if room is not None and (room.until_s if after is None else room.changed_at > after):
                found[room_id] = room.event
        return found

    def _end(self, room_id: RoomId, user_id: UserId, *, wakes: bool) -> None:
        room = self._rooms.get(room_id)
        if room is not None and room.until_s.pop(user_id, None) is not None:
            self._publish(room_id, room, wakes=wakes)

    def _publish(self, room_id: RoomId, room: _Room, *, wakes: bool = True) -> None:
        room.event = typing_event(room.until_s)
        room.changed_at = self._changes.publish_live("typing", room_id, room.audience, wakes=wakes)
        self._rooms.move_to_end(room_id)
        if not room.until_s:
            self._busy.discard(room_id)

    def _forget_quiet(self) -> None:
        while len(self._rooms) > ROOMS_KEPT_MAX:
            oldest, room = next(iter(self._rooms.items()))
            if room.until_s:
                self._rooms.move_to_end(oldest)
                return
            del self._rooms[oldest]
