"""An operation of the administration API: said once, served and documented from that."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from sottovoce.http.routing import Auth, Handler, Route

BASE = "/_sottovoce/admin/v1"
Method = TypeVar("Method", bound=Callable[..., Any])
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


class Section:
    """Operations that belong together, each said where its handler is written."""

    def __init__(self) -> None:
        self._told: list[dict[str, Any]] = []

    def operation(
        self,
        name: str,
        method: str,
        path: str,
        *,
        answer: type[Any] = Nothing,
        body: type[Any] | None = None,
        query: tuple[Parameter, ...] = (),
        missing: str | None = None,
    ) -> Callable[[Method], Method]:
        """The handler below is this operation; its docstring is the summary."""

        def tell(handler: Method) -> Method:
            summary = (handler.__doc__ or "").strip()
            told = {"name": name, "method": method, "path": path, "summary": summary, "answer": answer, "body": body}
            self._told.append({**told, "query": query, "missing": missing, "handler": handler.__name__})
            return handler

        return tell

    def of(self, handlers: object) -> list[Operation]:
        """The operations, handled by this object."""
        return [Operation(**{**told, "handler": getattr(handlers, told["handler"])}) for told in self._told]


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
