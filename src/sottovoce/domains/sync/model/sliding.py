"""The question and the answer of a sliding sync. Spec: MSC4186."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from sottovoce.domains.changes.model import DeviceLists, RoomNews, Unread
from sottovoce.domains.presence.model import State
from sottovoce.protocol.ids import RoomId
from sottovoce.protocol.required_state import StateSelection

MAX_LISTS = 100
MAX_SUBSCRIPTIONS = 100
MAX_TIMELINE_EVENTS = 100
"""The most timeline events of a room in one answer, whatever a client asks for."""
MAX_TIMEOUT_MS = 120_000
MAX_TO_DEVICE_MESSAGES = 100


class RoomConfig(NamedTuple):
    """What to tell of a room that a list or a subscription matches."""

    timeline_limit: int
    required_state: StateSelection


class RoomFilters(msgspec.Struct, frozen=True):
    """Which rooms a list holds; None where it does not matter. Spec: MSC4186, SlidingRoomFilter."""

    is_dm: bool | None = None
    spaces: frozenset[str] | None = None
    is_encrypted: bool | None = None
    is_invited: bool | None = None
    room_types: frozenset[str | None] | None = None
    not_room_types: frozenset[str | None] | None = None
    tags: frozenset[str] | None = None
    not_tags: frozenset[str] | None = None


class ListAsk(NamedTuple):
    """One list. ranges: of places in it, both ends included; None: all of it."""

    name: str
    ranges: tuple[tuple[int, int], ...] | None
    filters: RoomFilters
    config: RoomConfig


class Scope(NamedTuple):
    """Which rooms an extension is about: those of these lists and these subscriptions; None: of all."""

    lists: frozenset[str] | None = None
    rooms: frozenset[str] | None = None


class ToDeviceAsk(NamedTuple):
    """since: the token of the last answer with messages that the device has dealt with."""

    since: str | None
    limit: int


class Extensions(NamedTuple):
    """What else is asked for; None or False: it is not. Spec: MSC4508, MSC4538, MSC4543, MSC3959, MSC3960."""

    to_device: ToDeviceAsk | None = None
    e2ee: bool = False
    account_data: Scope | None = None
    receipts: Scope | None = None
    typing: Scope | None = None


@dataclass(frozen=True, slots=True)
class SlidingRequest:
    """The body of a sliding sync, read. counts_unread: as the form before the merged one has it."""

    conn_id: str = ""
    pos: str | None = None
    timeout_ms: int = 0
    set_presence: State = State.ONLINE
    lists: Sequence[ListAsk] = ()
    subscriptions: Mapping[RoomId, RoomConfig] = field(default_factory=dict)
    extensions: Extensions = field(default_factory=Extensions)
    counts_unread: bool = False


class ToDeviceNews(NamedTuple):
    """Messages to the device, and the token that acknowledges them."""

    next_batch: str
    events: list[bytes]


class KeyNews(NamedTuple):
    """device_lists None: this is the first the connection hears."""

    device_lists: DeviceLists | None
    one_time_keys: Mapping[str, int]
    unused_fallback_keys: Sequence[str]


@dataclass(slots=True)
class SlidingAnswer:
    """What is new for a connection. Extensions that are None, or empty, have nothing to say."""

    pos: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    rooms: dict[RoomId, RoomNews] = field(default_factory=dict)
    room_lists: dict[RoomId, list[str]] = field(default_factory=dict)
    unread: dict[RoomId, Unread] = field(default_factory=dict)
    to_device: ToDeviceNews | None = None
    keys: KeyNews | None = None
    account_data: list[bytes] = field(default_factory=list)
    room_account_data: dict[RoomId, list[bytes]] = field(default_factory=dict)
    receipts: dict[RoomId, bytes] = field(default_factory=dict)
    typing: dict[RoomId, bytes] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing for which a waiting client has to be answered."""
        has_room_news = self.rooms or self.unread or self.room_account_data or self.receipts or self.typing
        has_keys_news = self.to_device is not None or self.keys is not None
        return not (has_room_news or has_keys_news or self.account_data)


class UnknownPosition(Exception):
    """The position was not given to this device, or is forgotten: the client begins anew."""


class BadSlidingRequest(Exception):
    """A field of the request has a value it cannot have; `why` says which and what it may be."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
