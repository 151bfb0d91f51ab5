"""Finding people. Spec: client-server, User Directory."""

import msgspec

from sottovoce.domains.directory.service import People
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route

DEFAULT_LIMIT = 10


class _Search(msgspec.Struct):
    search_term: str
    limit: int = DEFAULT_LIMIT


class UserDirectoryRoutes:
    """Handlers of the search for people."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def search(self, call: Call) -> Json:
        """POST user_directory/search."""
        body = call.decode(_Search)
        return Json(await self._people.search(call.caller.user_id, body.search_term, body.limit))


def routes(people: People) -> list[Route]:
    """The routes of this section."""
    search = UserDirectoryRoutes(people).search
    return [
        Route(method="POST", pattern="/_matrix/client/v3/user_directory/search", handler=search, limit="membership")
    ]
