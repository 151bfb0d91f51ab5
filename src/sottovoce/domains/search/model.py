"""What is searched for, what is found, and how a question is refused."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

from sottovoce.domains.rooms.model import TimelineEvent
from sottovoce.domains.rooms.service import Access
from sottovoce.protocol.filters import RoomEventFilter
from sottovoce.protocol.ids import EventId, RoomId, UserId

Key = Literal["content.body", "content.name", "content.topic"]
OrderBy = Literal["rank", "recent"]
GroupKey = Literal["room_id", "sender"]

KEYS: tuple[Key, ...] = ("content.body", "content.name", "content.topic")


class EventContext(msgspec.Struct):
    """How much of what is around a found event is wanted."""

    before_limit: int = 5
    after_limit: int = 5
    include_profile: bool = False


class Group(msgspec.Struct):
    """One way of grouping the results."""

    key: GroupKey


class Groupings(msgspec.Struct):
    """The ways of grouping the results."""

    group_by: list[Group] = []


class Criteria(msgspec.Struct):
    """What to search for among the events of rooms. Spec: client-server, POST /search, room_events."""

    search_term: str
    keys: list[Key] | None = None
    filter: RoomEventFilter = RoomEventFilter()
    order_by: OrderBy = "rank"
    event_context: EventContext | None = None
    include_state: bool = False
    groupings: Groupings = msgspec.field(default_factory=Groupings)


class Entry(NamedTuple):
    """What the index holds of an event."""

    position: int
    room_key: int
    key: Key
    words: list[str]


class Question(NamedTuple):
    """What the index is asked: every word begins a word of the event. Empty words find nothing."""

    words: list[str]
    keys: list[Key]
    room_keys: list[int]


class Hit(NamedTuple):
    """An event that the index found; rank: the higher the better."""

    position: int
    room_key: int
    rank: float


class Start(NamedTuple):
    """Where a page begins: after so many of the ranking, or before a position in time.

    room_key: of the room whose group the page belongs to. With an example, the position of an event in that room, the
    page is of the group of the example's sender instead. Zero: no group.
    """

    offset: int
    before: int
    room_key: int
    example: int


class Found(NamedTuple):
    """An event to answer with. membership: what the person was to the room at it. at: its place among all hits."""

    hit: Hit
    access: Access
    placed: TimelineEvent
    membership: bytes
    at: int


class Page(NamedTuple):
    """The events to answer with, of all hits that the person may see.

    following: the index of the first hit after the page. is_cut: there may be more hits than those.
    """

    found: list[Found]
    visible: list[Hit]
    start: Start
    following: int
    is_cut: bool


class ContextPart(msgspec.Struct, omit_defaults=True):
    """What is around a found event."""

    start: str
    end: str
    events_before: msgspec.Raw
    events_after: msgspec.Raw
    profile_info: Mapping[UserId, Mapping[str, str]] | None = None


class Result(msgspec.Struct, omit_defaults=True):
    """A found event."""

    rank: float
    result: msgspec.Raw
    context: ContextPart | None = None


class GroupPart(msgspec.Struct, omit_defaults=True):
    """The results of one group. order: which group comes first."""

    results: list[EventId]
    order: int
    next_batch: str | None = None


class Results(msgspec.Struct, omit_defaults=True):
    """The answer to a search among the events of rooms."""

    count: int
    highlights: list[str]
    results: list[Result]
    next_batch: str | None = None
    groups: dict[GroupKey, dict[str, GroupPart]] | None = None
    state: dict[RoomId, msgspec.Raw] | None = None


class SearchOff(Exception):
    """This server does not search."""


class UnknownSearchToken(Exception):
    """A token that this server did not give to this person."""
