"""Judged events and counts, people's own push rules, and what can go wrong with them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sottovoce.domains.receipts.model import ReadMarks
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


class PushRuleNotFound(Exception):
    """The person has no such push rule."""


class RelatedRuleNotFound(Exception):
    """The rule next to which another is to stand is none of the person's own."""


class BadPushRule(Exception):
    """A rule that cannot be; the text says why."""


class PushRuleIncomplete(Exception):
    """A rule lacks what its kind must have; the text says what."""
