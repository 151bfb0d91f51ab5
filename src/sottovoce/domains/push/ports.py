"""What push needs of others."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from sottovoce.domains.receipts.model import ReadMarks
from sottovoce.domains.rooms.model import Standing, TimelineEvent
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import EventId, RoomId, UserId

from .model import StoredRules


class Timelines(Protocol):
    """The rooms, as push sees them."""

    async def events_after(self, room_id: RoomId, position: int, limit: int) -> list[TimelineEvent]:
        """The newest `limit` committed events after this position, oldest first."""
        ...

    async def read_ahead(self, after: Mapping[RoomId, int], limit: int) -> None:
        """Most of what `events_after` and `standing` will be asked of these rooms is in memory."""
        ...

    async def find_timeline_event(self, room_id: RoomId, event_id: EventId) -> TimelineEvent | None:
        """The event, if it is one of this room's; else None."""
        ...

    async def standing(self, room_id: RoomId, user_id: UserId | None) -> Standing:
        """What push rules ask about a room as it is now, and this person in it. The room must exist."""
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


class AccountDataReader(Protocol):
    """The accounts, as push sees them."""

    async def find(self, user_id: UserId, room_id: RoomId | None, data_type: str) -> bytes:
        """The content under this type, as JSON. Raises AccountDataNotFound (accounts)."""
        ...


class PushRuleStore(Protocol):
    """The rows of people's own push rules."""

    async def find_rules(self, user_id: UserId) -> StoredRules | None:
        """None: they never changed any."""
        ...

    def set_rules(self, batch: Batch, user_id: UserId, stored: StoredRules) -> None: ...

    def remove_rules(self, batch: Batch, user_id: UserId) -> None: ...
