"""The part of the messenger about messages: sending them now or later, searching and reporting them, relaying calls."""

from collections.abc import Mapping

from sottovoce.app.foundation import Foundation
from sottovoce.app.settings import Settings, turn_uris
from sottovoce.domains.delayed.model import Limits
from sottovoce.domains.delayed.service import Delayed
from sottovoce.domains.delayed.store import DelayedRows
from sottovoce.domains.reports.service import Reports
from sottovoce.domains.reports.store import ReportRows
from sottovoce.domains.rooms.service import Rooms
from sottovoce.domains.search.follower import SearchFollower
from sottovoce.domains.search.service import Search
from sottovoce.domains.search.store import index_of
from sottovoce.http.client import delayed, reports, room_send, search, voip
from sottovoce.http.errors import answer_to
from sottovoce.http.routing import Route
from sottovoce.protocol.tokens import TokenSealer


class MessagesPart:
    """Built on the rooms."""

    def __init__(self, base: Foundation, sealer: TokenSealer, rooms: Rooms) -> None:
        self._base = base
        self._searches = base.settings.search == "on"
        index = index_of(base.database)
        self.search = Search(index if self._searches else None, rooms, base.database, sealer)
        self.search_follower = SearchFollower(index, rooms, base.database, base.changes)
        self._follow(self.search_follower)
        self.delayed = Delayed(
            DelayedRows(base.database),
            rooms,
            base.accounts,
            base.database,
            base.clock,
            base.ids,
            delay_limits(base.settings),
            _error_words,
        )
        base.tasks.keep("delayed.send", self.delayed.send_for_ever)
        self._rooms = rooms
        self.reports = Reports(
            ReportRows(base.database), rooms, base.accounts.users, base.database, base.changes, base.clock
        )

    def _follow(self, follower: SearchFollower) -> None:
        """Where nobody searches there is no index, so that it cannot fall behind."""
        if self._searches:
            self._base.changes.follow("rooms", follower.changed)
            self._base.tasks.keep("search.index", follower.follow_for_ever)
        else:
            self._base.tasks.start("search.clear", follower.clear())

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            *room_send.routes(self._rooms, self.delayed),
            *delayed.routes(self.delayed),
            *search.routes(self.search),
            *reports.routes(self.reports),
            *voip.routes(_turn_server(self._base.settings), self._base.clock.now_ms),
        ]


def delay_limits(settings: Settings) -> Limits:
    """How many events somebody may delay, and for how long."""
    return Limits(settings.delayed_events_max_s * 1000, settings.delayed_events)


def _error_words(error: Exception) -> Mapping[str, object] | None:
    answer = answer_to(error)
    return answer.body if answer is not None and isinstance(answer.body, Mapping) else None


def _turn_server(settings: Settings) -> voip.TurnServer | None:
    """The relay of calls, if there is one."""
    if settings.turn_secret is None:
        return None
    return voip.TurnServer(turn_uris(settings), settings.turn_secret, settings.turn_lifetime_s)
