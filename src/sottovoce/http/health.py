"""Whether the process answers, for whoever watches over it."""

from sottovoce.http.answers import Answer, Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Auth, Route

_OK = Json({"status": "ok"})


async def _health(call: Call) -> Answer:
    return _OK


def routes() -> list[Route]:
    """The route `/health`."""
    return [
        Route(method="GET", pattern="/health", handler=_health, auth=Auth.NONE, limit=None, before_setup=True),
    ]
