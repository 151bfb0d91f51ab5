"""Where calls are relayed. Spec: client-server, Voice over IP."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route
from sottovoce.protocol.turn import turn_credentials


class TurnServer(NamedTuple):
    """The addresses of the relay, the secret shared with it, and how long credentials are good."""

    uris: Sequence[str]
    secret: str
    lifetime_s: int


class VoipRoutes:
    """The handler of relay credentials."""

    def __init__(self, server: TurnServer | None, now_ms: Callable[[], int]) -> None:
        self._server = server
        self._now_ms = now_ms

    async def turn_server(self, call: Call) -> Json:
        """GET voip/turnServer. Where there is no relay the answer is empty, as apps expect."""
        server = self._server
        if server is None:
            return EMPTY
        expires_at_s = self._now_ms() // 1000 + server.lifetime_s
        username, password = turn_credentials(server.secret, call.caller.user_id, expires_at_s)
        return Json({"username": username, "password": password, "uris": server.uris, "ttl": server.lifetime_s})


def routes(server: TurnServer | None, now_ms: Callable[[], int]) -> list[Route]:
    """The routes of this section. now_ms: milliseconds since 1970."""
    handler = VoipRoutes(server, now_ms).turn_server
    return [Route(method="GET", pattern="/_matrix/client/v3/voip/turnServer", handler=handler)]
