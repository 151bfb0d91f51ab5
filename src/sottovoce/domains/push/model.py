"""Judged events and counts."""

from collections.abc import Mapping

import msgspec

from sottovoce.domains.receipts.model import ReadMarks
from sottovoce.protocol.push_rules import Notice

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
