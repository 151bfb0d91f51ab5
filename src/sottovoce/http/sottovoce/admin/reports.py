"""What people reported: events, rooms and other people."""

import msgspec

from sottovoce.domains.reports.model import Report
from sottovoce.domains.reports.service import MAX_LISTED_REPORTS, Reports
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.refused import invalid_param

from .operation import FROM, LIMIT, PAGE_DEFAULT, Operation, Parameter, Section

_section = Section()
_RESOLVED = Parameter("with_resolved", "Those that were dealt with too.", {"type": "boolean", "default": False})
MAX_REPORT_ID = (1 << 63) - 1


class ReportPage(msgspec.Struct, omit_defaults=True):
    """A page of reports, the oldest first. next_from: absent on the last page."""

    reports: list[Report]
    next_from: str | None = None


class ReportHandlers:
    """Handlers of everything about reports."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    @_section.operation("listReports", "GET", "reports", answer=ReportPage, query=(FROM, LIMIT, _RESOLVED))
    async def list(self, call: Call) -> Json:
        """What was reported and is not dealt with yet."""
        query = call.query
        limit = query.number("limit", PAGE_DEFAULT, 1, MAX_LISTED_REPORTS)
        after = query.number("from", 0, 0, MAX_REPORT_ID)
        found = await self._reports.list(after, limit, with_resolved=query.flag("with_resolved"))
        following = str(found[-1].report_id) if len(found) == limit else None
        return Json(ReportPage(found, following))

    @_section.operation("resolveReport", "POST", "reports/{report_id}/resolve", missing="There is no such report.")
    async def resolve(self, call: Call) -> Json:
        """The report is dealt with."""
        named = call.path["report_id"]
        if not (named.isascii() and named.isdigit()) or int(named) > MAX_REPORT_ID:
            raise invalid_param("report_id", "must be a number")
        await self._reports.resolve(int(named))
        return EMPTY


def operations(reports: Reports) -> list[Operation]:
    """The operations of this section."""
    return _section.of(ReportHandlers(reports))
