"""What app services need of others."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from sottovoce.domains.accounts.model import Device
from sottovoce.domains.changes.model import DeviceLists
from sottovoce.domains.keys.model import KeyCounts, Target, ToDeviceMessage
from sottovoce.domains.receipts.model import Receipt
from sottovoce.domains.rooms.model import TimelineEvent
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import RoomAlias, RoomId, UserId

from .model import AppService, AppServiceReply, Progress


class ProgressStore(Protocol):
    """The rows of what app services have been told."""

    async def find_progress(self, service_id: str) -> Progress | None: ...

    def set_progress(self, batch: Batch, service_id: str, progress: Progress) -> None: ...


class NetworkStore(Protocol):
    """The rows of rooms that app services list."""

    async def count_network_rooms(self, service_id: str) -> int: ...

    def add_network_room(self, batch: Batch, service_id: str, network_id: str, room_id: RoomId) -> None:
        """Nothing changes if it is there."""
        ...

    def remove_network_room(self, batch: Batch, service_id: str, network_id: str, room_id: RoomId) -> None: ...

    def remove_room(self, batch: Batch, room_id: RoomId) -> None:
        """From every list."""
        ...


class ExistingRooms(Protocol):
    """The rooms there are."""

    async def exists(self, room_id: RoomId) -> bool: ...


class Gateway(Protocol):
    """The way to the app services."""

    async def call(
        self,
        service: AppService,
        method: str,
        path: Sequence[str],
        query: Mapping[str, str],
        body: bytes | None,
        *,
        within_s: float | None = None,
    ) -> AppServiceReply:
        """What the app service answers to this; where it knows only the paths of earlier days, at those.

        path: segments below `/_matrix/app/v1`, not yet encoded. within_s: None for as long as anything
        may take. Raises HasNoUrl, CallFailed, CallTimedOut.
        Spec: application-service, Homeserver -> Application Service API.
        """
        ...


class EventLog(Protocol):
    """The rooms, as one who follows them all sees them."""

    async def log_after(self, after: int, until: int, limit: int) -> tuple[list[TimelineEvent], int]:
        """The oldest `limit` events of any room in (after, until], in the order they came; and how far they reach."""
        ...

    async def joined_at(self, room_id: RoomId, position: int) -> tuple[AbstractSet[UserId], int]:
        """Who was in the room right after this position, not to be changed; and a number that tells these people apart
        from those of other moments of the room.
        """
        ...


class RoomsOfPeople(Protocol):
    """The rooms, as seen from who is in them."""

    async def rooms_of(self, user_id: UserId) -> AbstractSet[RoomId]:
        """The rooms the person is in."""
        ...


class TypingNow(Protocol):
    """Who is typing where."""

    def events(self, room_ids: Iterable[RoomId], after: int | None) -> dict[RoomId, bytes]:
        """The `m.typing` event of each of these rooms that changed after this live position."""
        ...


class ReceiptsGiven(Protocol):
    """Who has read what."""

    async def given(self, room_ids: Iterable[RoomId], after: int, until: int) -> Mapping[RoomId, Sequence[Receipt]]:
        """The receipts given in these rooms in (after, until], private ones too."""
        ...


class PeoplePresent(Protocol):
    """Who is there."""

    def changed_after(self, live_position: int) -> list[UserId] | None:
        """Whoever became something else after this position; None: that is not remembered."""
        ...

    async def events(self, user_ids: Iterable[UserId]) -> list[bytes]:
        """The `m.presence` events of these people, in the order given."""
        ...


class Mailboxes(Protocol):
    """Messages that wait for devices."""

    async def targets(self) -> list[Target]:
        """Every device that messages wait for."""
        ...

    async def waiting(self, device: Target, after: int, until: int) -> tuple[Sequence[ToDeviceMessage], bool]:
        """The oldest messages to the device in (after, until], as many as go into one answer; whether these are all."""
        ...

    def arrived(self, device: Target, until: int) -> None:
        """The device has what was sent to it up to this position: it is removed by the next batch to be committed."""
        ...


class KeysOfDevices(Protocol):
    """The keys that devices have published."""

    async def owners(self) -> Sequence[UserId]:
        """Whoever has a device that published keys."""
        ...

    async def with_keys(self, user_ids: Iterable[UserId]) -> Sequence[Target]:
        """The devices of these people that published keys."""
        ...

    async def counts_of(self, device: Target) -> KeyCounts:
        """What is left of the device's one-time and fallback keys."""
        ...


class ListsOfDevices(Protocol):
    """Whose devices changed."""

    async def between(
        self, user_id: UserId, after: int, until: int, moved_rooms: AbstractSet[RoomId] | None, have_keys_moved: bool
    ) -> DeviceLists:
        """What the person has to know of others' devices in (after, until].

        moved_rooms: None where that is not known.
        """
        ...


class SignedIn(Protocol):
    """The devices of people."""

    async def devices_of(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Sequence[Device]]:
        """The devices of all these people; those who have none are left out."""
        ...


class RoomNames(Protocol):
    """The book of aliases."""

    async def list_of_room(self, room_id: RoomId) -> Sequence[RoomAlias]: ...
