"""What reports need of others."""

from typing import Protocol

from sottovoce.domains.rooms.model import Reader
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import EventId, RoomId, UserId

from .model import Report


class ReportedRooms(Protocol):
    """The rooms, as reports see them."""

    async def exists(self, room_id: RoomId) -> bool:
        """Whether there is such a room."""
        ...

    async def is_joined(self, user_id: UserId, room_id: RoomId) -> bool:
        """Whether the person is in the room."""
        ...

    async def event(self, reader: Reader, room_id: RoomId, event_id: EventId) -> bytes:
        """The event. Raises EventNotFound (rooms), also where the reader may not see it."""
        ...


class ReportedPeople(Protocol):
    """The accounts, as reports see them."""

    async def exists(self, user_id: UserId) -> bool:
        """Whether there is such a person here."""
        ...


class ReportStore(Protocol):
    """The rows of reports."""

    async def count_open(self, reporter: UserId) -> int: ...

    async def list(self, after: int, limit: int, *, with_resolved: bool) -> list[Report]:
        """Those with an id above `after`, ascending."""
        ...

    async def find(self, report_id: int) -> Report | None: ...

    def add(self, batch: Batch, report: Report) -> None:
        """The report is there; one of the same thing by the same person is open again, with the new reason."""
        ...

    def set_resolved(self, batch: Batch, report_id: int, at_ms: int) -> None: ...

    def remove_by_reporter(self, batch: Batch, reporter: UserId) -> None: ...

    def remove_of_room(self, batch: Batch, room_id: RoomId) -> None: ...
