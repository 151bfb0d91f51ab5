"""What is new. Spec: client-server, Syncing."""

from collections.abc import Awaitable, Callable
from functools import lru_cache

from sottovoce.domains.presence.model import State
from sottovoce.domains.sync.model import SyncRequest
from sottovoce.domains.sync.service import Sync
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.query import QueryArgs
from sottovoce.http.refused import invalid_param
from sottovoce.http.routing import Route
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.filters import Filter, parse_filter
from sottovoce.protocol.ids import UserId

TIMEOUT_LIMIT_MS = 120_000

FindFilter = Callable[[UserId, str], Awaitable[Filter]]
"""The filter this person stored under this id; raises if there is none."""

# Everybody with the same app asks with the same filter: it is read once, and kept once while they wait.
KNOWN_FILTERS = 128

_EVERYTHING = Filter()
_parsed = lru_cache(KNOWN_FILTERS)(parse_filter)
_PRESENCE = {state.word: state for state in State}


class SyncRoutes:
    """The handler of /sync."""

    def __init__(self, sync: Sync, find_filter: FindFilter) -> None:
        self._sync = sync
        self._find_filter = find_filter

    async def sync(self, call: Call) -> Json:
        """GET sync: at once, or when there is something to tell."""
        request = await self._request(call.caller.user_id, call.query)
        call.let_go()
        return Json(await self._sync.answer(call.caller.user_id, call.caller.device_id, request))

    async def _request(self, user_id: UserId, query: QueryArgs) -> SyncRequest:
        return SyncRequest(
            since=query.text("since") or None,
            filter=await self._filter(user_id, query.text("filter")),
            full_state=query.flag("full_state"),
            set_presence=_presence(query),
            timeout_ms=query.number("timeout", 0, 0, TIMEOUT_LIMIT_MS),
            use_state_after=query.flag("use_state_after"),
        )

    async def _filter(self, user_id: UserId, text: str | None) -> Filter:
        if not text:
            return _EVERYTHING
        if not text.startswith("{"):
            return await self._find_filter(user_id, text)
        try:
            return _parsed(text)
        except Malformed as error:
            raise invalid_param("filter", error.why) from None


def _presence(query: QueryArgs) -> State:
    text = query.text("set_presence")
    if text is None:
        return State.ONLINE
    if text not in _PRESENCE:
        raise invalid_param("set_presence", "must be online, unavailable or offline")
    return _PRESENCE[text]


def routes(sync: Sync, find_filter: FindFilter) -> list[Route]:
    """The routes of this section."""
    own = SyncRoutes(sync, find_filter)
    return [
        Route(method="GET", pattern="/_matrix/client/v3/sync", handler=own.sync, limit="sync", waits=True),
    ]
