"""Judged events and counts, people's own push rules, pushers, and what can go wrong with them."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

import msgspec

from sottovoce.domains.receipts.model import ReadMarks
from sottovoce.domains.rooms.model import TimelineEvent, Titles
from sottovoce.protocol.ids import DeviceId, RoomId, UserId
from sottovoce.protocol.push_rules import Notice, Rule

COUNTED_EVENTS_MAX = 1000
"""Counts look at a room's newest events only, so many of them; hence no count is higher."""


class Judged(msgspec.Struct, frozen=True, gc=False):
    """An event, reduced to what counting needs.

    thread_id: the thread's root or `main`. is_sent: a message, not state: it shows that its sender has read the thread.
    everyone, by_user: the attention it asks of everyone in the room, and of those it treats differently.
    parted: who is out of the room by this event, if anybody.
    """

    position: int
    sender: str
    thread_id: str
    is_sent: bool
    everyone: Notice
    by_user: Mapping[str, Notice]
    parted: str | None = None


class Floors(msgspec.Struct, frozen=True):
    """Below what nothing is unread for one person in one room: what they have read, and when they came in."""

    marks: ReadMarks
    joined_at: int

    @property
    def whole(self) -> int:
        """Everything up to this position is read, in all threads."""
        return max(self.marks.unthreaded, self.joined_at)


class RuleChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a person changed a predefined rule; None: not in this."""

    enabled: bool | None = None
    actions: list[Any] | None = None


class OwnRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that a person changed: rules of their own by kind, the most important first, and changes by rule id."""

    rules: dict[str, list[Rule]] = {}
    changes: dict[str, RuleChange] = {}


class StoredRules(msgspec.Struct, frozen=True):
    """A person's own rules, and at which position they became so."""

    own: OwnRules
    position: int


class PutRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule to be made or changed. before, after: rules of one's own, next to which it is to stand."""

    kind: str
    rule_id: str
    actions: list[Any]
    conditions: list[dict[str, Any]] | None = None
    pattern: str | None = None
    before: str | None = None
    after: str | None = None


class Scope(msgspec.Struct, frozen=True):
    """The rooms in which somebody's own rules matter; ids in lower case, as patterns compare."""

    is_everywhere: bool
    rooms: frozenset[str] = frozenset()

    def has(self, room_id: str) -> bool:
        return self.is_everywhere or (bool(self.rooms) and room_id.lower() in self.rooms)


HTTP = "http"
WEB_PUSH = "webpush"
WEB_PUSH_KINDS = (WEB_PUSH, "org.matrix.msc4174.webpush")


class PusherKey(NamedTuple):
    """What a pusher is known by."""

    user_id: UserId
    app_id: str
    pushkey: str


class SetPusher(msgspec.Struct, kw_only=True):
    """The body of POST /pushers/set. Spec: client-server, POST /pushers/set."""

    kind: str | None
    app_id: str
    pushkey: str
    app_display_name: str | None = None
    device_display_name: str | None = None
    profile_tag: str | None = None
    lang: str | None = None
    data: dict[str, Any] | None = None
    append: bool = False


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a client says of its pusher, kept as it is."""

    app_display_name: str
    device_display_name: str
    lang: str
    data: dict[str, Any]
    profile_tag: str | None = None


class Pusher(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody wants to be told, on one app.

    position: everything up to here has been told. tries: how often in a row it could not be, and next_try_at_ms when to
    try again. is_active: False until a client of web push has shown that it gets what is sent.
    """

    key: PusherKey
    device_id: DeviceId
    kind: str
    said: Said
    set_at_ms: int
    position: int
    tries: int = 0
    next_try_at_ms: int | None = None
    is_active: bool = True
    ack_token: str | None = None
    ack_until_ms: int | None = None

    @property
    def is_web_push(self) -> bool:
        return self.kind in WEB_PUSH_KINDS

    @property
    def url(self) -> str:
        return str(self.said.data.get("url"))


class Due(NamedTuple):
    """An event that is to be told, and the rule that says so."""

    placed: TimelineEvent
    rule: Rule


class Notification(NamedTuple):
    """What a pusher is told: of an event, or, if there is none, only how much is unread."""

    unread: int
    due: Due | None = None
    titles: Titles | None = None


class Notified(NamedTuple):
    """An event that asked for somebody's attention. event: encoded, without its room's id."""

    room_id: RoomId
    event: bytes
    at_ms: int
    actions: list[Any]
    is_read: bool


class NotifiedPage(NamedTuple):
    """Some of them, the newest first. next_token None: there are no more."""

    notified: list[Notified]
    next_token: str | None


class Outcome(Enum):
    """What became of a notification."""

    DELIVERED = "delivered"
    REJECTED = "rejected"
    """Nobody is there any more: the pusher is to be removed."""
    FAILED = "failed"


class Sent(NamedTuple):
    """How sending went.

    retry_after_ms: when the other side wants to be asked again, if it said so. is_down: it answers nobody just now.
    """

    outcome: Outcome
    retry_after_ms: int | None = None
    is_down: bool = False


class PushRuleNotFound(Exception):
    """The person has no such push rule."""


class RelatedRuleNotFound(Exception):
    """The rule next to which another is to stand is none of the person's own."""


class BadPushRule(Exception):
    """A rule that cannot be; the text says why."""


class PushRuleIncomplete(Exception):
    """A rule lacks what its kind must have; the text says what."""


class BadPusher(Exception):
    """A pusher that cannot be; the text says why."""


class PusherIncomplete(Exception):
    """A pusher lacks what it must have; the text says what."""


class PusherNotFound(Exception):
    """The person has no such pusher."""


class UnknownActivationToken(Exception):
    """The token activates nothing."""


class ExpiredActivationToken(Exception):
    """The token came too late."""


class BadNotificationToken(Exception):
    """The token of a page of notifications was not given to this person."""
