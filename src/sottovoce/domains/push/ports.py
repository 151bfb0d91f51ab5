"""What push needs of others."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sottovoce.domains.receipts.model import ReadMarks
from sottovoce.domains.rooms.model import Membership, Reader, Standing, TimelineEvent, Titles
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import DeviceId, EventId, RoomId, UserId
from sottovoce.protocol.invite_permission import Verdict

from .model import Notification, Pusher, PusherKey, Sent, StoredRules


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

    async def joined_since(self, user_id: UserId, room_ids: Iterable[RoomId]) -> dict[RoomId, int]:
        """Of each of these rooms in which the person is, the position of the event by which they came in.

        Later events that only change their name or picture do not count.
        """
        ...

    async def rooms_with_news(self, room_ids: Iterable[RoomId], after: int) -> list[RoomId]:
        """Those of these rooms in which something happened after this position."""
        ...


class Glances(Protocol):
    """The rooms, as seen by whoever is told of them from afar."""

    async def memberships_of(self, user_id: UserId) -> Mapping[RoomId, Membership]:
        """What the person is to each room they ever had to do with; not to be changed."""
        ...

    async def titles(self, room_id: RoomId, reader: UserId, sender: UserId) -> Titles:
        """What the room and the sender are called. Raises RoomNotFound (rooms)."""
        ...

    async def places_between(self, room_id: RoomId, after: int, until: int, limit: int) -> list[int]:
        """The positions of the newest `limit` events in (after, until], descending."""
        ...

    async def events_placed_at(self, positions: Sequence[int]) -> list[TimelineEvent]:
        """The events at these positions, in their order; those that are not there are left out."""
        ...

    def as_in_sync(self, placed: TimelineEvent, reader: Reader) -> bytes:
        """The event as JSON, without its room's id, for somebody who is in the room."""
        ...


class Readings(Protocol):
    """The receipts, as push sees them."""

    async def read_marks(self, user_id: UserId, room_ids: Iterable[RoomId]) -> Mapping[RoomId, ReadMarks]:
        """How far the person has read in each of these rooms; an entry for every room, the same until that changes."""
        ...

    async def thread_of(self, shown: TimelineEvent) -> EventId | None:
        """The root of the thread the event is in; None: the main timeline."""
        ...


class Preferences(Protocol):
    """What people asked not to see, which never asks for their attention."""

    async def ignored_by(self, user_id: UserId) -> frozenset[UserId]:
        """Those whose messages and invitations the person does not want to see."""
        ...

    async def verdict(self, invitee: UserId, inviter: UserId) -> Verdict:
        """What becomes of an invitation."""
        ...


class PushRuleStore(Protocol):
    """The rows of people's own push rules."""

    async def find_rules(self, user_id: UserId) -> StoredRules | None:
        """None: they never changed any."""
        ...

    def set_rules(self, batch: Batch, user_id: UserId, stored: StoredRules) -> None: ...

    def remove_rules(self, batch: Batch, user_id: UserId) -> None: ...


class PusherStore(Protocol):
    """The rows of pushers, and the key of web push."""

    async def find_pusher(self, key: PusherKey) -> Pusher | None: ...

    async def list_pushers(self, user_id: UserId) -> list[Pusher]: ...

    async def list_keys(self) -> list[PusherKey]:
        """Everybody's."""
        ...

    async def list_same(self, app_id: str, pushkey: str) -> list[PusherKey]:
        """Of this app and pushkey, whoever's."""
        ...

    def set_pusher(self, batch: Batch, pusher: Pusher) -> None: ...

    def activate_pusher(self, batch: Batch, key: PusherKey, ack_token: str, position: int) -> None:
        """Nothing happens if the pusher waits for another token by now."""
        ...

    def set_position(self, batch: Batch, key: PusherKey, position: int) -> None:
        """Everything up to here was told, and nothing failed since. It never goes back."""
        ...

    def set_failed(self, batch: Batch, key: PusherKey, tries: int, next_try_at_ms: int) -> None: ...

    def remove_pusher(self, batch: Batch, key: PusherKey) -> None: ...

    def remove_pushers_of(self, batch: Batch, user_id: UserId, device_id: DeviceId) -> None: ...

    async def find_vapid_key(self) -> bytes | None:
        """The private key, 32 bytes."""
        ...

    def add_vapid_key(self, batch: Batch, private_key: bytes) -> None:
        """The batch fails with WriteConflict if there is one."""
        ...


class Outward(Protocol):
    """What carries notifications to where people want them."""

    async def send(self, pusher: Pusher, told: Notification) -> Sent: ...

    async def send_activation(self, pusher: Pusher) -> Sent:
        """The token is on its way to a client of web push, which is to send it back."""
        ...
