"""Stored filters. Spec: client-server, Filtering."""

from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.client.own_user import own_user_id
from sottovoce.http.routing import Route

FILTER_LIMIT_BYTES = 64 * 1024


class FilterRoutes:
    """Handlers of filters."""

    def __init__(self, accounts: Accounts) -> None:
        self._filters = accounts.filters

    async def add(self, call: Call) -> Json:
        """POST user/{user_id}/filter."""
        user_id = own_user_id(call)
        call.decode_object()
        return Json({"filter_id": await self._filters.add(user_id, call.body)})

    async def get(self, call: Call) -> Json:
        """GET user/{user_id}/filter/{filter_id}."""
        return Json(await self._filters.definition(own_user_id(call), call.path["filter_id"]))


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    handlers = FilterRoutes(accounts)
    base = "/_matrix/client/v3/user/{user_id}/filter"
    return [
        Route(method="POST", pattern=base, handler=handlers.add, body_limit_bytes=FILTER_LIMIT_BYTES),
        Route(method="GET", pattern=base + "/{filter_id}", handler=handlers.get),
    ]
