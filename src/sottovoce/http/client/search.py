"""Searching rooms. Spec: client-server, Server Side Search."""

import msgspec

from sottovoce.domains.rooms.model import Reader
from sottovoce.domains.search.model import Criteria, Results
from sottovoce.domains.search.service import Search
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route

BODY_LIMIT_BYTES = 64 * 1024


class _Categories(msgspec.Struct):
    room_events: Criteria | None = None


class _Question(msgspec.Struct):
    search_categories: _Categories


class _AnsweredCategories(msgspec.Struct, omit_defaults=True):
    room_events: Results | None = None


class _Answer(msgspec.Struct):
    search_categories: _AnsweredCategories


class SearchRoutes:
    """The handler of searches."""

    def __init__(self, search: Search) -> None:
        self._search = search

    async def search(self, call: Call) -> Json:
        """POST search."""
        criteria = call.decode(_Question).search_categories.room_events
        if criteria is None:
            return Json(_Answer(_AnsweredCategories()))
        reader = Reader(call.caller.user_id, call.caller.device_id)
        results = await self._search.search(reader, criteria, call.query.text("next_batch"))
        return Json(_Answer(_AnsweredCategories(results)))


def routes(search: Search) -> list[Route]:
    """The routes of this section."""
    return [
        Route(
            method="POST",
            pattern="/_matrix/client/v3/search",
            handler=SearchRoutes(search).search,
            limit="search",
            body_limit_bytes=BODY_LIMIT_BYTES,
        )
    ]
