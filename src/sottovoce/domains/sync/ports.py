"""What a sync needs of others."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sottovoce.domains.changes.model import RoomAsk, RoomNews, RoomPlace
from sottovoce.domains.keys.model import Target, ToDeviceMessage
from sottovoce.domains.presence.model import State
from sottovoce.protocol.ids import DeviceId, RoomId, UserId


class Devices(Protocol):
    """Told apart: devices that are signed in, and those that no longer are."""

    async def is_signed_in(self, user_id: UserId, device_id: DeviceId) -> bool: ...


class Deliveries(Protocol):
    """Told how far messages have arrived."""

    def acknowledge(self, user_id: UserId, device_id: DeviceId, until: int) -> None:
        """The device has all that was sent to it up to this position."""
        ...


class Messages(Protocol):
    """What waits for a device."""

    async def waiting(
        self, device: Target, after: int, until: int, limit: int
    ) -> tuple[Sequence[ToDeviceMessage], bool]:
        """The oldest messages in (after, until], at most `limit`, and whether these are all.

        What is not after `after` has arrived: it is removed.
        """
        ...


class Sightings(Protocol):
    """Told who is there."""

    def seen(self, user_id: UserId, device_id: DeviceId, state: State, waiting_ms: int = 0) -> None:
        """The device is there, as far as it wants that known, and will be for as long as it waits."""
        ...


class Places(Protocol):
    """Where a person's rooms stand, and what lists filter them by."""

    async def all(self, user_id: UserId, now: int) -> dict[RoomId, RoomPlace]:
        """The place of every room the person has to do with, at this position."""
        ...

    async def of(self, user_id: UserId, room_ids: Iterable[RoomId], now: int) -> dict[RoomId, RoomPlace]:
        """The places of these rooms; those the person has nothing to do with are left out."""
        ...

    async def encrypted(self, places: Mapping[RoomId, RoomPlace]) -> set[RoomId]:
        """Those of these rooms that are encrypted, as far as the person may know."""
        ...

    async def types(self, room_ids: Iterable[RoomId]) -> dict[RoomId, str | None]:
        """Of each of these rooms what it says it is."""
        ...

    async def children(self, user_id: UserId, space_ids: Iterable[RoomId]) -> set[RoomId]:
        """The rooms that these spaces name as theirs; of spaces the person is in only."""
        ...


class RoomNewsSource(Protocol):
    """The rooms, as a sliding sync sees them."""

    async def news(self, ask: RoomAsk) -> RoomNews | None:
        """What is new of the room; None if the person may know nothing of it."""
        ...

    async def read_ahead(self, asks: Sequence[RoomAsk]) -> None:
        """Most of what `news` will need for these is in memory."""
        ...


class KeptData(Protocol):
    """What people's clients keep on the server, as a sliding sync reads it."""

    async def of_type(self, user_id: UserId, data_type: str) -> dict[RoomId | None, bytes]:
        """What is kept under this type, by the room it is about."""
        ...

    async def global_events(self, user_id: UserId, after: int | None, until: int) -> list[bytes]:
        """What is kept about no room and was set or removed in (after, until]; after None: all that is kept."""
        ...

    async def room_events(
        self, user_id: UserId, whole: Iterable[RoomId], others: Iterable[RoomId], after: int | None, until: int
    ) -> dict[RoomId, list[bytes]]:
        """What is kept about these rooms: of `others` what was set or removed in (after, until], of `whole` all.

        after None: nothing was told yet, so that what was removed need not be.
        """
        ...


class RoomReceipts(Protocol):
    """The receipts, as a sliding sync shows them: one `m.receipt` event for each room."""

    async def around(self, reader: UserId, floors: Mapping[RoomId, int], until: int) -> dict[RoomId, bytes]:
        """Of each room those for events after this position, and whatever the reader gave."""
        ...

    async def between(self, reader: UserId, room_ids: Iterable[RoomId], after: int, until: int) -> dict[RoomId, bytes]:
        """Those given in these rooms in (after, until]."""
        ...


class RoomTyping(Protocol):
    """Who is typing, as a sliding sync shows it."""

    def events(self, room_ids: Iterable[RoomId], after: int | None) -> dict[RoomId, bytes]:
        """The `m.typing` event of each of these rooms that changed after this live position; None: where any types."""
        ...
