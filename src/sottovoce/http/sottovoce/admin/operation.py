"""An operation of the administration API: said once, served and documented from that."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from sottovoce.http.routing import Auth, Handler, Route

BASE = "/_sottovoce/admin/v1"
_NAMED = re.compile(r"\{(\w+)\}")


class Nothing(msgspec.Struct):
    """An empty object."""


class Parameter(msgspec.Struct, frozen=True):
    """Something that may stand in the query. schema: as JSON Schema has it."""

    name: str
    description: str
    schema: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One endpoint below BASE, for administrators only.

    name: its operationId. body, answer: the structs that are read and written.
    missing: what a 404 says, where one is possible.
    """

    name: str
    method: str
    path: str
    summary: str
    handler: Handler
    answer: type[Any] = Nothing
    body: type[Any] | None = None
    query: tuple[Parameter, ...] = ()
    missing: str | None = None

    @property
    def names_in_path(self) -> list[str]:
        return _NAMED.findall(self.path)

    def route(self) -> Route:
        """The operation as the router wants it."""
        return Route(
            method=self.method, pattern=f"{BASE}/{self.path}", handler=self.handler, auth=Auth.ADMIN, limit="admin"
        )


def routes_of(operations: Iterable[Operation]) -> list[Route]:
    """The routes of these operations."""
    return [operation.route() for operation in operations]


PAGE_DEFAULT = 100
PAGE_LIMIT = 1000
FROM = Parameter("from", "Where the page begins: `next_from` of the page before.", {"type": "string"})
LIMIT = Parameter(
    "limit",
    "The most entries of a page.",
    {"type": "integer", "minimum": 1, "maximum": PAGE_LIMIT, "default": PAGE_DEFAULT},
)
