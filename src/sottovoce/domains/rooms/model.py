"""What rooms are made of, what may be asked of them, and how they refuse."""

from typing import NamedTuple

import msgspec

from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import DeviceId, EventId, RoomId, UserId
from sottovoce.protocol.power import PowerLevels

StateKey = tuple[str, str]

CREATE: StateKey = ("m.room.create", "")
POWER_LEVELS: StateKey = ("m.room.power_levels", "")
JOIN_RULES: StateKey = ("m.room.join_rules", "")
CANONICAL_ALIAS: StateKey = ("m.room.canonical_alias", "")
SERVER_ACL: StateKey = ("m.room.server_acl", "")
TOMBSTONE: StateKey = ("m.room.tombstone", "")
GUEST_ACCESS: StateKey = ("m.room.guest_access", "")
HISTORY_VISIBILITY: StateKey = ("m.room.history_visibility", "")
NAME: StateKey = ("m.room.name", "")
MEMBER = "m.room.member"
DELAYED_DEVICE = DeviceId("\n")
"""Whose transactions are those of delayed events, by their delay ids. No device is called so: it is not printable."""


class TimelineEvent(msgspec.Struct, frozen=True):
    """An event in its place. `client` is its client form, open at the end; `unsigned` a fragment to splice into it."""

    position: int
    event: Event
    client: bytes
    unsigned: bytes
    replaces: int | None
    device_id: DeviceId | None
    txn_id: str | None
    is_parent: bool = False
    """Whether events may relate to this one in a way that is told with it; where False, none does."""


class StateEntry(NamedTuple):
    """Which event holds a piece of state, and where it stands."""

    position: int
    event_id: EventId


class Membership(NamedTuple):
    """What somebody is to a room, since which position; and whether they asked to hear of it no more."""

    membership: str
    position: int
    is_forgotten: bool = False


class Standing(NamedTuple):
    """A room at this moment, and one person in it: what decides whom an event concerns.

    power_position: where the event stands that set the power levels; 0 for none.
    """

    power: PowerLevels
    power_position: int
    member_count: int
    display_name: str | None


class Titles(NamedTuple):
    """What a room and somebody in it are called, for whoever reads of an event outside of any timeline."""

    room_name: str | None
    room_alias: str | None
    sender_name: str | None


class StateChange(NamedTuple):
    """A state event somewhere in the past."""

    position: int
    key: StateKey
    replaces: int | None


class Reader(NamedTuple):
    """Somebody reading, with the device that reads."""

    user_id: UserId
    device_id: DeviceId | None


class Txn(NamedTuple):
    """What a device calls its request, so that repeating it does nothing twice."""

    device_id: DeviceId
    txn_id: str


class RoomSize(NamedTuple):
    """What a room takes of the database, its indexes left out."""

    events: int
    event_bytes: int


class RoomEntry(NamedTuple):
    """A room as whoever runs the server sees it."""

    room_id: RoomId
    name: str | None
    version: str
    joined_members: int
    is_encrypted: bool
    last_event_at_ms: int


class StateEventDraft(msgspec.Struct):
    """A state event of a createRoom request."""

    type: str
    content: dict[str, object]
    state_key: str = ""


class ThirdPartyInvite(msgspec.Struct):
    """An invitation by e-mail or telephone in a createRoom request."""

    id_server: str
    id_access_token: str
    medium: str
    address: str


class CreateRoom(msgspec.Struct):
    """The body of POST /createRoom. Spec: client-server, Creation."""

    visibility: str | None = None
    room_alias_name: str | None = None
    name: str | None = None
    topic: str | None = None
    invite: list[str] = []
    invite_3pid: list[ThirdPartyInvite] = []
    room_version: str | None = None
    creation_content: dict[str, object] = {}
    initial_state: list[StateEventDraft] = []
    preset: str | None = None
    is_direct: bool = False
    power_level_content_override: dict[str, object] = {}


class Page(NamedTuple):
    """Which part of a timeline to look at: at most `limit` events in (after, until], from the end if backwards."""

    after: int
    until: int
    backwards: bool
    limit: int


class Parent(NamedTuple):
    """The event to which another relates, and how."""

    placed: TimelineEvent
    rel_type: str


class Child(NamedTuple):
    """An event that relates to another, as far as aggregating needs to know it.

    total: how many relate to the same event in the same way; is_mine: whether the reader sent one of those.
    """

    position: int
    rel_type: str
    sender: UserId
    sent_at_ms: int
    total: int
    is_mine: bool


class ChildrenPage(NamedTuple):
    """A page of the events that relate to one; next_batch None: there are no more. depth: how many levels were read."""

    chunk: list[bytes]
    next_batch: str | None
    depth: int


class ThreadsPage(NamedTuple):
    """A page of the events with which threads begin; next_batch None: there are no more."""

    chunk: list[bytes]
    next_batch: str | None


class MessagesPage(NamedTuple):
    """A page of a timeline; `end` None: there is no more."""

    start: str
    end: str | None
    chunk: list[bytes]
    state: list[bytes]


class Context(NamedTuple):
    """An event among its neighbours; events_before newest first, events_after oldest first."""

    start: str
    end: str
    event: bytes
    events_before: list[bytes]
    events_after: list[bytes]
    state: list[bytes]


class RoomSummary(msgspec.Struct, frozen=True, omit_defaults=True):
    """A room in short, as told to people who are not in it. Spec: client-server, GET /room_summary, /publicRooms."""

    room_id: RoomId
    num_joined_members: int
    world_readable: bool
    guest_can_join: bool
    name: str | None = None
    topic: str | None = None
    avatar_url: str | None = None
    canonical_alias: str | None = None
    join_rule: str | None = None
    room_type: str | None = None
    allowed_room_ids: list[RoomId] | None = None
    encryption: str | None = None
    room_version: str | None = None


class SpaceRoom(NamedTuple):
    """A room of a tree, with the events that name the rooms below it, in their order."""

    summary: RoomSummary
    children: list[Event]


class HierarchyPage(NamedTuple):
    """A page of a tree of rooms; `next_batch` None: there is no more."""

    rooms: list[SpaceRoom]
    next_batch: str | None


class InitialRoom(NamedTuple):
    """A room as it is now, with its newest events, oldest first."""

    membership: str
    start: str
    end: str
    chunk: list[bytes]
    state: list[bytes]


class EventsPage(NamedTuple):
    """What happened between two places, oldest first."""

    start: str
    end: str
    chunk: list[bytes]


class Neighbours(NamedTuple):
    """What is around an event; events_before newest first, events_after oldest first. profiles: as they were then."""

    start: str
    end: str
    events_before: list[bytes]
    events_after: list[bytes]
    profiles: dict[UserId, dict[str, str]]


class RoomNotFound(Exception):
    """No such room, as far as this person may know."""


class EventNotFound(Exception):
    """No such event, as far as this person may know."""


class ContentGone(Exception):
    """The event was redacted, and what it said is not kept."""


class ThirdPartyRefused(Exception):
    """This server knows nobody by their e-mail address or telephone number, and asks no other who they are."""


class StateNotFound(Exception):
    """The room has no such state."""


class GuestsNotAllowed(Exception):
    """The room does not let guests in."""


class NotInRoom(Exception):
    """The person is not in the room, and would have to be."""


class NotAllowed(Exception):
    """A rule of the room says no."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


class BadState(Exception):
    """The change makes no sense in the present state; `why` says what is in its way."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class InviteBlocked(Exception):
    """The person takes no invitations, or none from this inviter."""


class DuplicateAnnotation(Exception):
    """The person has annotated the event like this already."""


class CannotStartThread(Exception):
    """A thread cannot begin with an event that itself relates to another."""


class UnsupportedRoomVersion(Exception):
    """A room version this server does not make."""


class UserNotFound(Exception):
    """No such person here."""


class InvalidParam(Exception):
    """A parameter has a value that makes no sense; `why` says which and what it may be."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class BadRoomState(Exception):
    """The events that a new room was asked to start with contradict each other."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class CannotDecline(Exception):
    """The server itself invites: that is not declined."""


class CannotForget(Exception):
    """A room is forgotten only after leaving it."""


class AliasReserved(Exception):
    """The alias is an app service's to give, or not this one's."""


class AliasInUse(Exception):
    """The alias already leads to a room."""


class AliasNotFound(Exception):
    """The alias leads nowhere."""


class BadAlias(Exception):
    """The alias does not lead to the room that would call itself so."""
