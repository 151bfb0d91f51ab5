"""The administration API, with its description in OpenAPI."""

from collections.abc import Sequence

from sottovoce.http.answers import Answer, Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Auth, Route

from .document import document
from .operation import BASE, Operation, routes_of

__all__ = ["Operation", "routes"]


def routes(operations: Sequence[Operation]) -> list[Route]:
    """The routes of these operations, and of the document that describes them."""

    async def openapi(call: Call) -> Answer:
        return Json(document(operations))

    return [
        *routes_of(operations),
        Route(method="GET", pattern=f"{BASE}/openapi.json", handler=openapi, auth=Auth.ADMIN, limit="admin"),
    ]
