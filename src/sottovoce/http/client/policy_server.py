"""What a policy server says of itself. Spec: client-server, Policy servers.

This server is none: it keeps `m.room.policy` as state, like any other, and judges nothing for rooms.
"""

from sottovoce.http.answers import Answer
from sottovoce.http.call import Call
from sottovoce.http.refused import Refused
from sottovoce.http.routing import Auth, Route


async def _none(call: Call) -> Answer:
    """GET policy_server."""
    raise Refused(404, "M_NOT_FOUND", "This server is no policy server")


def routes() -> list[Route]:
    """The routes of this section."""
    return [Route(method="GET", pattern="/.well-known/matrix/policy_server", handler=_none, auth=Auth.NONE)]
