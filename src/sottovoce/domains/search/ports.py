"""What searching needs of others."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sottovoce.domains.rooms.model import Neighbours, Reader, TimelineEvent
from sottovoce.domains.rooms.service import Access
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import EventId, UserId

from .model import Entry, Hit, Question


class SearchIndex(Protocol):
    """The index of words, and how far it reaches."""

    async def find_best(self, question: Question, limit: int) -> list[Hit]:
        """Those that match best, the best first."""
        ...

    async def find_newest(self, question: Question, before: int, limit: int) -> list[Hit]:
        """The newest that match and stand before this position, the newest first."""
        ...

    async def find_cursor(self) -> int:
        """The position up to which everything is indexed."""
        ...

    def set_cursor(self, batch: Batch, position: int) -> None: ...

    def add(self, batch: Batch, entry: Entry) -> None: ...

    def remove(self, batch: Batch, position: int) -> None: ...

    def remove_room(self, batch: Batch, room_key: int) -> None: ...

    def clear(self, batch: Batch) -> None:
        """Nothing is indexed, and the cursor is at the beginning."""
        ...


class SearchedRooms(Protocol):
    """The rooms, as searching sees them."""

    async def searchable(self, user_id: UserId) -> Mapping[int, Access]:
        """The rooms the person is or was in, by their keys, each as far as they may read it."""
        ...

    async def memberships_at(self, access: Access, positions: Collection[int]) -> Mapping[int, bytes]:
        """Of these positions those whose events the person may see."""
        ...

    async def seen_at(self, access: Access, positions: Sequence[int]) -> list[tuple[TimelineEvent, bytes]]:
        """The events at these positions that the person may see, with what they were to the room."""
        ...

    async def shown(self, access: Access, reader: Reader, seen: Sequence[tuple[TimelineEvent, bytes]]) -> list[bytes]:
        """The events as the reader is sent them."""
        ...

    async def neighbours(self, access: Access, reader: Reader, position: int, before: int, after: int) -> Neighbours:
        """What is around an event."""
        ...

    async def state_of(self, access: Access, reader: Reader) -> list[bytes]:
        """The state as the reader may know it."""
        ...


class EventLog(Protocol):
    """The events of all rooms, in the order of their positions."""

    async def log_of(
        self, types: Collection[str], after: int, until: int, limit: int
    ) -> list[tuple[int, TimelineEvent]]:
        """The oldest events of these types in (after, until], each with the key of its room."""
        ...

    async def place_of(self, event_id: EventId) -> tuple[int, int] | None:
        """(the key of its room, its position)"""
        ...
