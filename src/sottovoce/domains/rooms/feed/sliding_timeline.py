"""The timeline of one room in a sliding sync. Spec: MSC4186, Changes to timeline_limit."""

from dataclasses import dataclass
from typing import Self

from sottovoce.domains.changes.model import RoomAsk, ToldRoom

from ..model import TimelineEvent
from ..service import Access, Rooms

Seen = tuple[TimelineEvent, bytes]


@dataclass(slots=True)
class Timeline:
    """Events with the reader's membership at each.

    cursor: everything in the timeline comes after it. after, limit: from where on the connection then has everything,
    and for which limit that is enough.
    """

    seen: list[Seen]
    is_limited: bool
    cursor: int
    after: int
    limit: int
    is_expanded: bool = False

    @property
    def events(self) -> list[TimelineEvent]:
        return [placed for placed, _ in self.seen]

    @classmethod
    async def read(cls, rooms: Rooms, ask: RoomAsk, access: Access, told: ToldRoom | None) -> Self:
        """What the connection has to get: the newest events, or those since it was told, or again some it had.

        The latter where it asks for more of them than before, and has not had that many.
        """
        limit = ask.timeline_limit
        if told is None:
            return cls._newest(*await _read(rooms, access, 0, limit), limit)
        if limit > told.limit and told.after > 0:
            newest = cls._newest(*await _read(rooms, access, 0, limit), limit)
            if newest.cursor < told.after:
                newest.is_expanded = True
                return newest
        seen, is_limited, cursor = await _read(rooms, access, told.until, limit)
        if is_limited:
            return cls(seen, True, cursor, cursor, limit)
        return cls(seen, False, cursor, told.after, max(limit, told.limit))

    @classmethod
    def _newest(cls, seen: list[Seen], is_limited: bool, cursor: int, limit: int) -> Self:
        return cls(seen, is_limited, cursor, cursor, limit)


async def _read(rooms: Rooms, access: Access, after: int, limit: int) -> tuple[list[Seen], bool, int]:
    """The newest events in (after, until]; whether there are more; the position before them."""
    if after >= access.until:
        return [], False, after
    positions = await rooms.memory.positions_between(access.room, after, access.until, limit + 1)
    seen = await rooms.visible(access, await rooms.memory.events(positions))
    if len(seen) > limit:
        kept = seen[len(seen) - limit :]
        return kept, True, kept[0][0].position - 1 if kept else access.until
    if len(positions) > limit:
        return seen, True, positions[0] - 1
    return seen, False, after
