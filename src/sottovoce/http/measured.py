"""Counts and times the requests of an HttpApp, by route pattern."""

from collections.abc import Callable

from sottovoce.http.app import API_PREFIXES, HttpApp, Scope
from sottovoce.http.body import Message, Receive, Send
from sottovoce.http.refused import Refused

Count = Callable[[str, str, int, float | None], None]
"""Told of each answer: method, route pattern, status, seconds (None for a long-poll)."""

UNKNOWN_PATTERN = "unknown"
WEBAPP_PATTERN = "webapp"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})


class MeasuredApp:
    """The ASGI application `app`, watched."""

    def __init__(self, app: HttpApp, monotonic_s: Callable[[], float], count: Count) -> None:
        self._app = app
        self._monotonic_s = monotonic_s
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as `app` does; a client that left before its answer is not counted."""
        method: str = scope["method"] if scope["method"] in _METHODS else "other"
        pattern, waits = self._pattern(scope["method"], scope["raw_path"])
        began_s = self._monotonic_s()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(method, pattern, message["status"], None if waits else self._monotonic_s() - began_s)
            await send(message)

        await self._app(scope, receive, sending)

    def _pattern(self, method: str, raw_path: bytes) -> tuple[str, bool]:
        try:
            found = self._app.router.find(method, raw_path)
        except Refused:
            return UNKNOWN_PATTERN, False
        if isinstance(found, bool):
            return UNKNOWN_PATTERN if found or raw_path.startswith(API_PREFIXES) else WEBAPP_PATTERN, False
        return found[0].pattern, found[0].waits
