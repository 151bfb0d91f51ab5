"""Telling whoever looks after the server what should not be here. Spec: client-server, Reporting Content."""

import msgspec

from sottovoce.domains.reports.service import Reports
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import EventId, RoomId, UserId

BODY_LIMIT_BYTES = 64 * 1024


class _Why(msgspec.Struct):
    reason: str


class _WhyPerhaps(msgspec.Struct):
    reason: str | None = None


class ReportRoutes:
    """Handlers of reports."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    async def event(self, call: Call) -> Json:
        """POST rooms/{room_id}/report/{event_id}."""
        path, reason = call.path, call.decode(_WhyPerhaps).reason or ""
        await self._reports.report_event(
            call.caller.user_id, RoomId(path["room_id"]), EventId(path["event_id"]), reason
        )
        return EMPTY

    async def room(self, call: Call) -> Json:
        """POST rooms/{room_id}/report."""
        await self._reports.report_room(call.caller.user_id, RoomId(call.path["room_id"]), call.decode(_Why).reason)
        return EMPTY

    async def user(self, call: Call) -> Json:
        """POST users/{user_id}/report."""
        await self._reports.report_user(call.caller.user_id, UserId(call.path["user_id"]), call.decode(_Why).reason)
        return EMPTY


def routes(reports: Reports) -> list[Route]:
    """The routes of this section."""
    own = ReportRoutes(reports)
    base = "/_matrix/client/v3"
    handlers = {
        f"{base}/rooms/{{room_id}}/report/{{event_id}}": own.event,
        f"{base}/rooms/{{room_id}}/report": own.room,
        f"{base}/users/{{user_id}}/report": own.user,
    }
    return [
        Route(method="POST", pattern=pattern, handler=handler, limit="report", body_limit_bytes=BODY_LIMIT_BYTES)
        for pattern, handler in handlers.items()
    ]
