"""What push needs of others."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from sottovoce.domains.receipts.model import ReadMarks
from sottovoce.domains.rooms.model import TimelineEvent
from sottovoce.protocol.ids import EventId, RoomId, UserId
from sottovoce.protocol.power import PowerLevels


class Timelines(Protocol):
    """The rooms, as push sees them."""

    async def events_after(self, room_id: RoomId, position: int, limit: int) -> list[TimelineEvent]:
        """The newest `limit` committed events after this position, oldest first."""
        ...

    async def read_ahead(self, after: Mapping[RoomId, int], limit: int) -> None:
        """Most of what `events_after` and `power_levels` will be asked of these rooms is in memory."""
        ...

    async def find_timeline_event(self, room_id: RoomId, event_id: EventId) -> TimelineEvent | None:
        """The event, if it is one of this room's; else None."""
        ...

    async def power_levels(self, room_id: RoomId) -> PowerLevels:
        """The power levels in the room now. The room must exist."""
        ...

    async def joined_since(self, user_id: UserId, room_ids: Iterable[RoomId]) -> Mapping[RoomId, int]:
        """Of each of these rooms in which the person is, the position of the event by which they came in.

        Later events that only change their name or picture do not count.
        """
        ...


class Readings(Protocol):
    """The receipts, as push sees them."""

    async def read_marks(self, user_id: UserId, room_ids: Iterable[RoomId]) -> Mapping[RoomId, ReadMarks]:
        """How far the person has read in each of these rooms; an entry for every room, the same until that changes."""
        ...

    async def thread_of(self, shown: TimelineEvent) -> EventId | None:
        """The root of the thread the event is in; None: the main timeline."""
        ...
