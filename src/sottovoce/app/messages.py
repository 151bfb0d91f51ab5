"""The part of the messenger about what becomes of messages: reports of them, and the relay of calls."""

from sottovoce.app.foundation import Foundation
from sottovoce.app.settings import Settings, turn_uris
from sottovoce.domains.reports.service import Reports
from sottovoce.domains.reports.store import ReportRows
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.client import reports, voip
from sottovoce.http.routing import Route


class MessagesPart:
    """Built on the rooms."""

    def __init__(self, base: Foundation, rooms: Rooms) -> None:
        self._base = base
        self.reports = Reports(ReportRows(base.database), rooms, base.accounts, base.database, base.changes, base.clock)

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            *reports.routes(self.reports),
            *voip.routes(_turn_server(self._base.settings), self._base.clock.now_ms),
        ]


def _turn_server(settings: Settings) -> voip.TurnServer | None:
    """The relay of calls, if there is one."""
    if settings.turn_secret is None:
        return None
    return voip.TurnServer(turn_uris(settings), settings.turn_secret, settings.turn_lifetime_s)
