"""What is reported, and how a report is refused."""

import msgspec

from sottovoce.protocol.ids import EventId, RoomId, UserId


class Report(msgspec.Struct, frozen=True):
    """Somebody reported an event (room_id and event_id are there), a room, or a person (user_id alone)."""

    report_id: int
    reporter: UserId
    room_id: RoomId | None
    event_id: EventId | None
    user_id: UserId | None
    reason: str
    reported_at_ms: int
    resolved_at_ms: int | None = None


class InvalidReason(Exception):
    """A reason is too long, or holds what no store can keep; `why` says which."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class TooManyReports(Exception):
    """Somebody has more open reports than one person may have."""


class ReportNotFound(Exception):
    """There is no such report."""
