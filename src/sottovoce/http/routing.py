"""Routes and the trie that finds them.

The path is split before it is percent-decoded, so that `%2F` inside an identifier stays inside it.
A literal segment wins over a named one, without turning back.
"""

from collections.abc import Awaitable, Callable, Iterable
from enum import Enum

import msgspec

from sottovoce.http.answers import Answer
from sottovoce.http.call import Call
from sottovoce.http.query import percent_decoded

Handler = Callable[[Call], Awaitable[Answer]]

# An event is at most 65,536 bytes; its request may be written with escapes and spaces.
BODY_LIMIT_BYTES = 512 * 1024

_CURRENT = "/_matrix/client/v3/"
_FORMER = "/_matrix/client/r0/"


class Auth(Enum):
    """Who may call a route."""

    NONE = 0
    USER = 1
    ADMIN = 2
    OPTIONAL = 3
    """Anybody; who sends a token is asked whose it is."""


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint.

    pattern: literal segments and `{named}` ones, each matching exactly one segment that is not empty.
    Patterns under `/_matrix/client/v3/` are served under `r0` too.
    limit: the kind of rate limit, see `limits.py`; None for none.
    before_setup: also answered while the server has no name yet.
    waits: a long-poll; a client that leaves cancels it. Its handler calls `call.let_go()` before it waits.
    """

    method: str
    pattern: str
    handler: Handler
    auth: Auth = Auth.USER
    limit: str | None = "default"
    body_limit_bytes: int = BODY_LIMIT_BYTES
    before_setup: bool = False
    waits: bool = False


class _Node:
    __slots__ = ("literals", "methods", "named")

    def __init__(self) -> None:
        self.literals: dict[bytes, _Node] = {}
        self.named: _Node | None = None
        self.methods: dict[str, tuple[Route, tuple[str, ...]]] = {}


class Router:
    """All routes, found by method and raw path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route, route.pattern)
            if route.pattern.startswith(_CURRENT):
                self._add(route, _FORMER + route.pattern[len(_CURRENT) :])

    def _add(self, route: Route, pattern: str) -> None:
        node, names = self._root, []
        for segment in pattern.split("/")[1:]:
            if segment.startswith("{"):
                names.append(segment[1:-1])
                if node.named is None:
                    node.named = _Node()
                node = node.named
            else:
                node = node.literals.setdefault(segment.encode(), _Node())
        if route.method in node.methods:
            raise ValueError(f"two routes for {route.method} {pattern}")
        node.methods[route.method] = (route, tuple(names))

    def find(self, method: str, raw_path: bytes) -> tuple[Route, dict[str, str]] | bool:
        """The route and its decoded names; False if the path is unknown, True if it is known with other methods only.

        Raises Refused if a segment cannot be decoded.
        """
        node = self._root
        values: list[bytes] = []
        for segment in raw_path.split(b"/")[1:]:
            following = node.literals.get(segment)
            if following is None:
                following = node.named
                if following is None or not segment:
                    return False
                values.append(segment)
            node = following
        found = node.methods.get(method) or (node.methods.get("GET") if method == "HEAD" else None)
        if found is None:
            return bool(node.methods)
        route, names = found
        if not names:
            return route, {}
        return route, {name: percent_decoded(value, name) for name, value in zip(names, values, strict=True)}
