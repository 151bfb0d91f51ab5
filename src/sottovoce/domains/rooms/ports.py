"""What rooms need of others."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from sottovoce.domains.accounts.model import Profile
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import EventId, RoomAlias, RoomId, UserId

from .model import Child, Membership, Page, RoomSize, StateChange, StateKey, TimelineEvent, Txn


class RoomRecord(NamedTuple):
    """A room's row, and where its newest events stand, the newest first."""

    room_key: int
    room_id: RoomId
    version: str
    tail: Sequence[int] = ()


class StoredState(NamedTuple):
    """One row of the present state; membership only for members."""

    type: str
    state_key: str
    position: int
    event_id: EventId
    membership: str | None


class RoomStore(Protocol):
    """The rows of rooms. Positions are inclusive unless said otherwise."""

    async def list_rooms(self, room_ids: Sequence[RoomId], tail: int) -> list[RoomRecord]:
        """Those that exist, each with the positions of its newest `tail` events, newest first."""
        ...

    async def list_state(self, room_keys: Sequence[int]) -> dict[int, list[StoredState]]:
        """The present state of each room, in the order of positions."""
        ...

    async def list_memberships(self, user_id: UserId) -> dict[RoomId, Membership]:
        """Every room this person has or had something to do with, forgotten ones too."""
        ...

    async def find_event(self, event_id: EventId) -> TimelineEvent | None: ...

    async def find_position(self, event_id: EventId) -> tuple[int, int] | None:
        """(room_key, position)"""
        ...

    async def list_events(self, positions: Sequence[int]) -> list[TimelineEvent]:
        """In the order of their positions; those that do not exist are left out."""
        ...

    async def positions_after(self, room_key: int, after: int, until: int, limit: int) -> list[int]:
        """The oldest in (after, until], ascending."""
        ...

    async def positions_before(self, room_key: int, until: int, after: int, limit: int) -> list[int]:
        """The newest in (after, until], descending."""
        ...

    async def log_after(self, after: int, until: int, limit: int) -> list[int]:
        """The oldest of all rooms in (after, until], ascending."""

    async def list_log(self, types: Collection[str], after: int, until: int, limit: int) -> list[tuple[int, int]]:
        """(position, room_key) of the oldest events of these types in (after, until], of all rooms, ascending."""
        ...

    async def list_newest(self, room_ids: Iterable[RoomId], after: int) -> list[RoomId]:
        """Those of the rooms that have an event after this position."""
        ...

    async def list_newest_positions(self, room_ids: Sequence[RoomId], until: int) -> dict[RoomId, int]:
        """Of each room the position of its newest event up to this one; rooms without any are left out."""
        ...

    async def list_state_places(self, room_ids: Sequence[RoomId], key: StateKey) -> dict[RoomId, int]:
        """Of each room the position of the event that holds this piece of state; rooms without it are left out."""
        ...

    async def state_changes_after(self, room_key: int, after: int, until: int) -> list[StateChange]:
        """In (after, until], ascending."""
        ...

    async def state_history(self, room_key: int, key: StateKey, until: int) -> list[int]:
        """Positions at which this piece of state was set, ascending."""
        ...

    async def find_transaction(self, room_key: int, sender: UserId, event_type: str, txn: Txn) -> EventId | None: ...

    async def is_forgotten(self, room_key: int, user_id: UserId) -> bool: ...

    def add_room(self, batch: Batch, room: RoomRecord) -> None: ...

    def add_event(self, batch: Batch, room_key: int, event: TimelineEvent) -> None: ...

    def set_state(self, batch: Batch, room_key: int, state: StoredState) -> None: ...

    def set_redacted(self, batch: Batch, position: int, redacted_by: int, pdu: bytes) -> None: ...

    def add_forgotten(self, batch: Batch, room_key: int, user_id: UserId) -> None: ...

    def remove_forgotten(self, batch: Batch, room_key: int, user_id: UserId) -> None: ...


class StoredRelation(NamedTuple):
    """A row that says that one event relates to another; events by their positions. type, sender: the child's."""

    room_key: int
    parent: int
    rel_type: str
    child: int
    type: str
    sender: UserId
    sent_at_ms: int


class RelationStore(Protocol):
    """The rows of relations. `ignored`: people whose events are left out."""

    async def list_children(
        self,
        room_key: int,
        parents: Sequence[int],
        page: Page,
        rel_type: str | None,
        event_type: str | None,
        ignored: Collection[UserId],
    ) -> list[int]:
        """Where the events of this page that relate to one of the parents stand; None: in any way, of any type."""
        ...

    async def list_aggregated(
        self, room_key: int, parents: Sequence[int], until: int, reader: UserId, ignored: Collection[UserId], most: int
    ) -> dict[int, list[Child]]:
        """For each parent those up to `until` that are told with it, ascending; the newest `most` of each kind."""
        ...

    async def list_threads(
        self, room_key: int, until: int, cursor: int, ignored: Collection[UserId], limit: int
    ) -> list[tuple[int, int]]:
        """(root, newest event up to `until`) of the threads whose newest is not after the cursor, newest first."""
        ...

    async def list_own(
        self, room_key: int, parent: int, rel_type: str, event_type: str, sender: UserId, limit: int
    ) -> list[int]:
        """Where this sender's events of this type stand that relate so to the parent, the newest first."""
        ...

    async def find_event_ids(self, positions: Sequence[int]) -> dict[int, EventId]: ...

    def add(self, batch: Batch, relation: StoredRelation) -> None: ...

    def remove(self, batch: Batch, room_key: int, parent: int, rel_type: str, child: int) -> None: ...


class CatalogueStore(Protocol):
    """The rows of rooms, as an administrator counts them."""

    async def list_room_ids(self, after: str, limit: int) -> list[RoomId]:
        """By id."""
        ...

    async def count_rooms(self) -> int: ...

    async def find_size(self, room_key: int) -> RoomSize: ...


class RedactedStore(Protocol):
    """The rows of what redacted events said."""

    async def find(self, position: int, now_ms: int) -> bytes | None: ...

    def keep(self, batch: Batch, room_key: int, position: int, pdu: bytes, until_ms: int) -> None:
        """What was kept first stays."""
        ...

    def remove_until(self, batch: Batch, until_ms: int) -> None: ...

    def remove_of_room(self, batch: Batch, room_key: int) -> None: ...


class ErasedRoom(NamedTuple):
    """A room of which only who was in it is left."""

    room_key: int
    room_id: RoomId


class ErasingStore(Protocol):
    """The rows of rooms that end."""

    async def list_staying(self, room_key: int, after: int, limit: int) -> list[int]:
        """Where the events after this position stand that say which room it was and who was in it, ascending."""
        ...

    async def list_erased(self, before_ms: int, limit: int) -> Sequence[ErasedRoom]:
        """Rooms that were erased before this time."""
        ...

    def remove_content(self, batch: Batch, room_key: int) -> None:
        """Only the events of `list_staying` are left of the room."""
        ...

    def empty_event(self, batch: Batch, position: int, pdu: bytes) -> None: ...

    def add_erased(self, batch: Batch, room_key: int, at_ms: int) -> None: ...

    def remove_all(self, batch: Batch, room: ErasedRoom) -> None:
        """There never was such a room."""
        ...


class AgeingStore(Protocol):
    """The rows of messages that grow old."""

    async def list_messages(self, room_key: int, after: int, limit: int) -> list[int]:
        """Where events that are no state stand, after this position, ascending."""
        ...

    def remove_messages(self, batch: Batch, positions: Iterable[int]) -> None: ...

    def remove_relations(self, batch: Batch, room_key: int, until: int) -> None:
        """Those of events up to this position to others."""
        ...


class People(Protocol):
    """The accounts, as rooms see them."""

    async def exists(self, user_id: UserId) -> bool: ...

    async def profile_of(self, user_id: UserId) -> Profile: ...

    async def is_suspended(self, user_id: UserId) -> bool:
        """Whether the person may only read and go."""
        ...

    async def erased_among(self, user_ids: Collection[UserId]) -> list[UserId]:
        """Those of these people who wanted to be erased."""
        ...

    async def guests_among(self, user_ids: Collection[UserId]) -> list[UserId]:
        """Those of these people who are guests of this server."""
        ...


class Aliases(Protocol):
    """The book of aliases, kept by the directory."""

    async def find(self, alias: RoomAlias) -> RoomId | None: ...

    async def resolve(self, alias: RoomAlias) -> RoomId | None:
        """As find, but whoever may know the room is asked to make it if nobody here has heard of it."""
        ...

    def may_name(self, alias: RoomAlias, app_service: str | None) -> bool:
        """Whether this app service, or for None a person, may make or remove this alias."""
        ...

    def claim(self, batch: Batch, alias: RoomAlias, room_id: RoomId, creator: UserId) -> None: ...

    def move(self, batch: Batch, from_room: RoomId, to_room: RoomId) -> None:
        """Every alias of the one room leads to the other with the batch."""
        ...


class Publishing(Protocol):
    """The public directory of a server that keeps one."""

    def publish(self, batch: Batch, room_id: RoomId) -> None:
        """The room stands in the directory with the batch."""
        ...

    def move(self, batch: Batch, from_room: RoomId, to_room: RoomId) -> None:
        """Where the one room stood stands the other with the batch."""
        ...


class Kept(Protocol):
    """What people's apps keep on the server for them."""

    async def find(self, user_id: UserId, room_id: RoomId | None, data_type: str) -> bytes:
        """The object kept under this type, encoded. Raises AccountDataNotFound."""
        ...

    async def set(
        self, user_id: UserId, room_id: RoomId | None, data_type: str, content: Mapping[str, object]
    ) -> None: ...


class Attention(Protocol):
    """Told what somebody does, which ends their typing and shows that they are there."""

    def sent(self, room_id: RoomId, user_id: UserId) -> None:
        """The person has sent a message here, which is on its way."""
        ...


class Farewells(Protocol):
    """Whoever keeps something for people."""

    async def forget_user(self, user_id: UserId) -> None:
        """Nothing is kept for somebody who gave up their account; may be asked twice."""
        ...
