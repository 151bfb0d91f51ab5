"""Filters: which rooms and events a client asks for. Spec: client-server, Filtering."""

from functools import cached_property
from typing import Literal

import msgspec

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import is_room_id, is_user_id

DEFAULT_LIMIT_EVENTS = 10
MAX_LIMIT_EVENTS = 1_000


class _Globs:
    """Event type patterns, in which `*` stands for any characters. Matching takes time linear in the text."""

    __slots__ = ("_exact", "_pieces")

    def __init__(self, patterns: frozenset[str]) -> None:
        self._exact = frozenset(pattern for pattern in patterns if "*" not in pattern)
        self._pieces = tuple(pattern.split("*") for pattern in patterns - self._exact)

    def match(self, text: str) -> bool:
        return text in self._exact or any(_pieces_match(pieces, text) for pieces in self._pieces)


def _pieces_match(pieces: list[str], text: str) -> bool:
    first, *middle, last = pieces
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _room_matches(room_id: str, rooms: frozenset[str] | None, not_rooms: frozenset[str]) -> bool:
    return room_id not in not_rooms and (rooms is None or room_id in rooms)


def _check_rooms(rooms: frozenset[str] | None, not_rooms: frozenset[str]) -> None:
    for room_id in not_rooms | (rooms or frozenset()):
        _check_id(is_room_id(room_id), room_id)


def _check_id(is_valid: bool, identifier: str) -> None:
    if not is_valid:
        raise ValueError(f"{identifier!r} is no identifier of the right kind")


class EventFilter(msgspec.Struct, frozen=True, dict=True):
    """Which events, by sender and type. A list that is absent includes, or excludes, nothing in particular."""

    limit: int | None = None
    not_senders: frozenset[str] = frozenset()
    not_types: frozenset[str] = frozenset()
    senders: frozenset[str] | None = None
    types: frozenset[str] | None = None

    def __post_init__(self) -> None:
        # The spec asks for at least one, but clients commonly ask for no timeline at all with a zero.
        if self.limit is not None and self.limit < 0:
            raise ValueError("limit is negative")
        for sender in self.not_senders | (self.senders or frozenset()):
            _check_id(is_user_id(sender), sender)

    @cached_property
    def limit_events(self) -> int:
        """How many events to return at most: what was asked, within this server's bounds."""
        return DEFAULT_LIMIT_EVENTS if self.limit is None else min(self.limit, MAX_LIMIT_EVENTS)

    def matches(self, event_type: str, sender: str) -> bool:
        """Whether an event of this type and sender is asked for."""
        if sender in self.not_senders or (self.senders is not None and sender not in self.senders):
            return False
        included, excluded = self._globs
        return not (excluded and excluded.match(event_type)) and (included is None or included.match(event_type))

    @cached_property
    def _globs(self) -> tuple[_Globs | None, _Globs | None]:
        included = None if self.types is None else _Globs(self.types)
        return included, _Globs(self.not_types) if self.not_types else None


class RoomEventFilter(EventFilter, frozen=True, dict=True):
    """Which events of which rooms."""

    contains_url: bool | None = None
    include_redundant_members: bool = False
    lazy_load_members: bool = False
    not_rooms: frozenset[str] = frozenset()
    rooms: frozenset[str] | None = None
    unread_thread_notifications: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_rooms(self.rooms, self.not_rooms)

    def matches(self, event_type: str, sender: str, has_url: bool = False) -> bool:
        """Whether an event is asked for. has_url: its content has a key `url`."""
        if self.contains_url is not None and self.contains_url is not has_url:
            return False
        return super().matches(event_type, sender)

    def room_matches(self, room_id: str) -> bool:
        """Whether events of this room are asked for."""
        return _room_matches(room_id, self.rooms, self.not_rooms)


class RoomFilter(msgspec.Struct, frozen=True):
    """Which rooms, and which events in them."""

    account_data: RoomEventFilter = RoomEventFilter()
    ephemeral: RoomEventFilter = RoomEventFilter()
    include_leave: bool = False
    not_rooms: frozenset[str] = frozenset()
    rooms: frozenset[str] | None = None
    state: RoomEventFilter = RoomEventFilter()
    timeline: RoomEventFilter = RoomEventFilter()

    def __post_init__(self) -> None:
        _check_rooms(self.rooms, self.not_rooms)

    def room_matches(self, room_id: str) -> bool:
        """Whether this room is asked for; the event filters may still exclude it for their part."""
        return _room_matches(room_id, self.rooms, self.not_rooms)


class Filter(msgspec.Struct, frozen=True):
    """What a sync returns."""

    account_data: EventFilter = EventFilter()
    event_fields: tuple[str, ...] | None = None
    event_format: Literal["client", "federation"] = "client"
    presence: EventFilter = EventFilter()
    room: RoomFilter = RoomFilter()


_decode_filter = msgspec.json.Decoder(Filter).decode
_decode_room_event_filter = msgspec.json.Decoder(RoomEventFilter).decode


def parse_filter(text: bytes | str) -> Filter:
    """Read a filter from JSON; unknown fields are ignored. Raises Malformed. Spec: client-server, Filtering."""
    try:
        return _decode_filter(text)
    except (msgspec.MsgspecError, RecursionError) as cause:
        raise Malformed(f"not a filter: {cause}") from cause


def parse_room_event_filter(text: bytes | str) -> RoomEventFilter:
    """Read a filter of one room's events from JSON, as /messages takes it. Raises Malformed."""
    try:
        return _decode_room_event_filter(text)
    except (msgspec.MsgspecError, RecursionError) as cause:
        raise Malformed(f"not a filter: {cause}") from cause
