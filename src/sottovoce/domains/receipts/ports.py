"""What receipts need of others."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Protocol

from sottovoce.domains.rooms.model import TimelineEvent
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import EventId, RoomId, UserId

from .model import ReadMarks, Receipt, ReceiptKey


class Timelines(Protocol):
    """The rooms, as receipts see them."""

    async def joined_users(self, room_id: RoomId) -> AbstractSet[UserId]:
        """Who is in the room; a live set, not to be changed. Empty for no room."""
        ...

    async def find_timeline_event(self, room_id: RoomId, event_id: EventId) -> TimelineEvent | None:
        """The event, if it is one of this room's; else None."""
        ...


class RoomAccountData(Protocol):
    """Account data, kept by the accounts."""

    async def find(self, user_id: UserId, room_id: RoomId | None, data_type: str) -> bytes:
        """The content under this type, as JSON. Raises AccountDataNotFound (accounts)."""
        ...

    async def set(self, user_id: UserId, room_id: RoomId | None, data_type: str, content: Mapping[str, object]) -> None:
        """The content is stored and the person's devices hear of it."""
        ...


class Activity(Protocol):
    """Told when somebody shows a sign of life."""

    def active(self, user_id: UserId) -> None:
        """The person did something just now."""
        ...


class ReceiptStore(Protocol):
    """The rows of receipts."""

    async def find(self, key: ReceiptKey) -> Receipt | None: ...

    def add(self, batch: Batch, receipt: Receipt) -> None:
        """The receipt replaces the one of its key with the batch; readers up to its position see it at once."""
        ...

    def remove_of_room(self, batch: Batch, room_id: RoomId) -> None:
        """Nobody ever read anything in the room."""
        ...

    def forget_failed(self, receipt: Receipt) -> None:
        """The batch of this receipt failed: it was never given."""
        ...

    async def list_all(self, room_ids: Iterable[RoomId], reader: UserId) -> dict[RoomId, list[Receipt]]:
        """Every receipt of these rooms that the reader may see; rooms without any are left out."""
        ...

    async def list_between(
        self, room_ids: Iterable[RoomId], reader: UserId, after: int, until: int
    ) -> dict[RoomId, list[Receipt]]:
        """As list_all, of those given in (after, until], ascending."""
        ...

    async def list_given(self, room_ids: Iterable[RoomId], after: int, until: int) -> dict[RoomId, list[Receipt]]:
        """As list_between, whoever may see them."""
        ...

    async def list_own(self, user_id: UserId, room_ids: Iterable[RoomId]) -> dict[RoomId, list[Receipt]]:
        """Whatever one person gave in each of these rooms, also what is on its way to the store."""
        ...

    async def find_read_marks(self, user_id: UserId, room_ids: Iterable[RoomId]) -> dict[RoomId, ReadMarks]:
        """How far one person has read in each of these rooms; the same object until that changes."""
        ...
