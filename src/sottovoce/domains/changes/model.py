"""Positions, changes, and the answer to a /sync that the feeds fill together."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from msgspec import UNSET, UnsetType

from sottovoce.protocol.filters import Filter
from sottovoce.protocol.ids import DeviceId, RoomId, UserId
from sottovoce.protocol.required_state import RequiredState

LIVE_STREAMS = frozenset({"typing", "presence", "devices"})

Nobody: AbstractSet[UserId] = frozenset()


class Positions(NamedTuple):
    """How far somebody has read: `log` in the durable streams, `live` in the volatile ones of the run `epoch`.

    to_device: how far in the messages to their device, if not as far as `log`: an answer holds so many and no more.
    """

    log: int
    live: int
    epoch: int
    to_device: int | None = None

    @property
    def received(self) -> int:
        """Up to where messages to the device have arrived."""
        return self.log if self.to_device is None else self.to_device


@dataclass(frozen=True, slots=True)
class Change:
    """Something durable changed at `position`; everybody in `audience` may look. The audience may be a live set.

    author: whose doing it was, where followers need to know.
    """

    stream: str
    position: int
    room_id: RoomId | None
    audience: AbstractSet[UserId]
    author: UserId | None = None


class Moved:
    """Which rooms moved in which stream, for one person, between two positions.

    A stream that is not known (the memory of changes does not reach back so far) has to be looked at whole.
    """

    __slots__ = ("_knows_live", "_knows_log", "_rooms")

    def __init__(self, *, knows_log: bool, knows_live: bool) -> None:
        self._knows_log = knows_log
        self._knows_live = knows_live
        self._rooms: dict[str, set[RoomId | None]] = {}

    def add(self, stream: str, room_id: RoomId | None) -> None:
        self._rooms.setdefault(stream, set()).add(room_id)

    def rooms(self, stream: str) -> set[RoomId] | None:
        """The rooms that moved in this stream; None: not known."""
        if not self._knows(stream):
            return None
        return {room for room in self._rooms.get(stream, ()) if room is not None}

    def has(self, stream: str) -> bool:
        """Whether this stream moved, or may have."""
        return stream in self._rooms or not self._knows(stream)

    def has_outside_rooms(self, stream: str) -> bool:
        """Whether this stream moved, or may have, in a change that is about no room."""
        return None in self._rooms.get(stream, ()) or not self._knows(stream)

    @property
    def is_empty(self) -> bool:
        return not self._rooms and self._knows_log and self._knows_live

    def _knows(self, stream: str) -> bool:
        return self._knows_live if stream in LIVE_STREAMS else self._knows_log


@dataclass(slots=True)
class SyncAsk:
    """One question: what is new for this person's device between `since` and `now`? `since` None: everything."""

    user_id: UserId
    device_id: DeviceId
    since: Positions | None
    now: Positions
    filter: Filter
    full_state: bool
    moved: Moved | None
    state_after: bool = False

    def rooms_moved(self, stream: str) -> set[RoomId] | None:
        """The rooms to look at in this stream; None: not known, look at all."""
        return None if self.moved is None else self.moved.rooms(stream)

    def has_moved(self, stream: str) -> bool:
        return self.moved is None or self.moved.has(stream)


class Unread(NamedTuple):
    notifications: int
    highlights: int


@dataclass(slots=True)
class JoinedRoom:
    """What one room adds to an answer; events are complete JSON objects, encoded once and spliced."""

    timeline: list[bytes] = field(default_factory=list)
    limited: bool = False
    prev_batch: str | None = None
    state: list[bytes] = field(default_factory=list)
    ephemeral: list[bytes] = field(default_factory=list)
    account_data: list[bytes] = field(default_factory=list)
    unread: Unread | None = None
    unread_threads: dict[str, Unread] | None = None
    summary: dict[str, object] | None = None
    membership: Literal["join", "leave"] = "join"


@dataclass(slots=True)
class DeviceLists:
    """Whose devices have to be asked for again, and whose no longer concern this person."""

    changed: set[UserId] = field(default_factory=set)
    left: set[UserId] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        return not (self.changed or self.left)


@dataclass(slots=True)
class SyncAnswer:
    """The answer being built; the feeds fill it one after the other, rooms first."""

    joined_rooms: AbstractSet[RoomId] = frozenset()
    new_rooms: set[RoomId] = field(default_factory=set)
    """Rooms that the device hears of whole in this answer: the other feeds tell everything of them."""
    rooms: dict[RoomId, JoinedRoom] = field(default_factory=dict)
    invited: dict[RoomId, list[bytes]] = field(default_factory=dict)
    knocked: dict[RoomId, list[bytes]] = field(default_factory=dict)
    account_data: list[bytes] = field(default_factory=list)
    presence: list[bytes] = field(default_factory=list)
    to_device: list[bytes] = field(default_factory=list)
    to_device_until: int | None = None
    """Where the messages to the device in this answer end, if there are more; None: these are all."""
    device_lists: DeviceLists = field(default_factory=DeviceLists)
    one_time_keys: dict[str, int] | None = None
    """How many keys of each algorithm the server still has of the device; None: it never gave any."""
    unused_fallback_keys: list[str] | None = None
    key_counts_moved: bool = False
    """Somebody took a key of the device since: reason enough to answer."""

    def room(self, room_id: RoomId) -> JoinedRoom:
        """The room's part of the answer, which from now on appears in it."""
        room = self.rooms.get(room_id)
        if room is None:
            room = self.rooms[room_id] = JoinedRoom()
        return room

    @property
    def is_empty(self) -> bool:
        has_room_news = self.rooms or self.invited or self.knocked
        has_keys_news = self.to_device or not self.device_lists.is_empty or self.key_counts_moved
        return not (has_room_news or self.account_data or self.presence or has_keys_news)


class RoomPlace(NamedTuple):
    """Where a room stands for one person in the order of a sliding sync.

    position: of the last that happened in it, as far as they may know. is_listed: it is in their list by itself, and
    not only if the connection knows it already. is_open: they may ask for it by its id.
    """

    position: int
    membership: str
    membership_position: int
    is_listed: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class ToldRoom:
    """What one connection of a sliding sync has been told of a room.

    until: everything up to this position. after: every event in (after, until], with `limit` as many as were asked for.
    is_whole: as to somebody who is or was in the room; otherwise no more than an invitation shows.
    members: whose membership events were given because the timeline needed them.
    """

    until: int
    after: int
    limit: int
    required: RequiredState
    membership: str
    is_whole: bool
    bump_stamp: int
    members: frozenset[UserId] = frozenset()
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class RoomAsk:
    """What is new of this room for a connection, up to `now`? told None: it has heard nothing of the room.

    live_after: what happened after this position is news, not history. Spec: MSC4186.
    """

    user_id: UserId
    device_id: DeviceId
    room_id: RoomId
    now: int
    live_after: int
    timeline_limit: int
    required: RequiredState
    told: ToldRoom | None


class Hero(NamedTuple):
    """Somebody whom a nameless room is called after."""

    user_id: UserId
    displayname: str | None
    avatar_url: str | None


@dataclass(slots=True)
class RoomNews:
    """A room in the answer of a sliding sync. What is None, UNSET or empty stays as it was. Spec: MSC4186, RoomResult.

    told: what the connection knows of the room once it has this answer. stripped: of rooms the person was never in.
    """

    told: ToldRoom
    membership: str | None = None
    initial: bool = False
    expanded_timeline: bool = False
    limited: bool = False
    timeline: list[bytes] = field(default_factory=list)
    num_live: int = 0
    prev_batch: str | None = None
    required_state: list[bytes] = field(default_factory=list)
    stripped: list[bytes] | None = None
    name: str | UnsetType | None = UNSET
    avatar: str | UnsetType | None = UNSET
    heroes: list[Hero] | None = None
    is_direct: bool | None = None
    joined_count: int | None = None
    invited_count: int | None = None
    bump_stamp: int | None = None

    @property
    def is_empty(self) -> bool:
        has_events = self.timeline or self.limited or self.required_state or self.stripped is not None
        has_facts = self.membership is not None or self.is_direct is not None or self.bump_stamp is not None
        return not (self.initial or has_events or has_facts)
