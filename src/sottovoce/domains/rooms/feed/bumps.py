"""When something last happened in a room that brings it up in people's lists. Spec: MSC4186, bump_stamp."""

from collections import OrderedDict

from ..service import Memory, Room

BUMPING_TYPES = frozenset(
    {
        "m.room.create",
        "m.room.message",
        "m.room.encrypted",
        "m.sticker",
        "m.call.invite",
        "m.poll.start",
        "org.matrix.msc3381.poll.start",
        "m.beacon_info",
        "org.matrix.msc3672.beacon_info",
    }
)
MAX_REMEMBERED_ROOMS = 10_000
READ_TOGETHER_EVENTS = 16


class Bumps:
    """Knows of each room the time of its last event of a bumping kind, found once for everybody."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._known: OrderedDict[int, tuple[int, int]] = OrderedDict()

    async def stamp(self, room: Room, until: int) -> int:
        """The time, in milliseconds, of the last such event up to this position.

        Where none is among the newest events that are in memory, the oldest of those stands for it.
        """
        newest = next((place for place in reversed(room.tail) if place <= until), 0)
        known_newest, known_stamp = self._known.get(room.room_key, (0, 0))
        if known_newest == newest:
            return known_stamp
        stamp = await self._found(room, newest, known_newest, known_stamp)
        if newest > known_newest:
            self._known[room.room_key] = (newest, stamp)
            self._known.move_to_end(room.room_key)
            if len(self._known) > MAX_REMEMBERED_ROOMS:
                self._known.popitem(last=False)
        return stamp

    async def _found(self, room: Room, newest: int, known_newest: int, known_stamp: int) -> int:
        stamp = 0
        places = [place for place in reversed(room.tail) if place <= newest]
        for start in range(0, len(places), READ_TOGETHER_EVENTS):
            together = places[start : start + READ_TOGETHER_EVENTS]
            for placed in await self._memory.events(together):
                if placed.position <= known_newest < newest:
                    return known_stamp
                stamp = placed.event.origin_server_ts
                if placed.event.type in BUMPING_TYPES:
                    return stamp
        return stamp
