"""The table of reports."""

from sottovoce.infra.db.model import Batch, Database, Query, Row, Statement
from sottovoce.protocol.ids import RoomId, UserId

from .model import Report

_COLUMNS = "SELECT report_id, reporter, room_id, event_id, user_id, reason, reported_at_ms, resolved_at_ms FROM reports"
_COUNT_OPEN = Query("SELECT COUNT(*) FROM reports WHERE reporter = $1 AND resolved_at_ms IS NULL")
_LIST = Query(f"{_COLUMNS} WHERE report_id > $1 ORDER BY report_id LIMIT $2")
_LIST_OPEN = Query(f"{_COLUMNS} WHERE report_id > $1 AND resolved_at_ms IS NULL ORDER BY report_id LIMIT $2")
_FIND = Query(f"{_COLUMNS} WHERE report_id = $1")
_ADD = Statement(
    "reports",
    "INSERT INTO reports (report_id, reporter, room_id, event_id, user_id, reason, reported_at_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (reporter, room_id, event_id, user_id) DO UPDATE SET"
    " reason = excluded.reason, reported_at_ms = excluded.reported_at_ms, resolved_at_ms = NULL",
)
_SET_RESOLVED = Statement("reports", "UPDATE reports SET resolved_at_ms = $2 WHERE report_id = $1")
_REMOVE_BY_REPORTER = Statement("reports", "DELETE FROM reports WHERE reporter = $1")
_REMOVE_OF_ROOM = Statement("reports", "DELETE FROM reports WHERE room_id = $1")


class ReportRows:
    """Implements ports.ReportStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count_open(self, reporter: UserId) -> int:
        row = await self._database.one(_COUNT_OPEN, reporter)
        return 0 if row is None else int(row[0])

    async def list(self, after: int, limit: int, *, with_resolved: bool) -> list[Report]:
        rows = await self._database.all(_LIST if with_resolved else _LIST_OPEN, after, limit)
        return [_report(row) for row in rows]

    async def find(self, report_id: int) -> Report | None:
        row = await self._database.one(_FIND, report_id)
        return None if row is None else _report(row)

    def add(self, batch: Batch, report: Report) -> None:
        what = (report.room_id or "", report.event_id or "", report.user_id or "")
        batch.write(_ADD, report.report_id, report.reporter, *what, report.reason, report.reported_at_ms)

    def set_resolved(self, batch: Batch, report_id: int, at_ms: int) -> None:
        batch.write(_SET_RESOLVED, report_id, at_ms)

    def remove_by_reporter(self, batch: Batch, reporter: UserId) -> None:
        batch.write(_REMOVE_BY_REPORTER, reporter)

    def remove_of_room(self, batch: Batch, room_id: RoomId) -> None:
        batch.write(_REMOVE_OF_ROOM, room_id)


def _report(row: Row) -> Report:
    report_id, reporter, room_id, event_id, user_id, reason, reported_at_ms, resolved_at_ms = row
    what = (room_id or None, event_id or None, user_id or None)
    return Report(report_id, reporter, *what, reason, reported_at_ms, resolved_at_ms)
