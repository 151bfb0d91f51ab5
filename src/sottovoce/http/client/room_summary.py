"""A room in short, for people who may come in. Spec: client-server, Room summary."""

import msgspec

from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.refused import Refused
from sottovoce.http.routing import Auth, Route

_UNSTABLE = "/_matrix/client/unstable/im.nheko.summary"


class SummaryRoutes:
    """The handler of room summaries. is_open: whether whoever has no account may ask too."""

    def __init__(self, rooms: Rooms, is_open: bool) -> None:
        self._rooms = rooms
        self._is_open = is_open

    async def summary(self, call: Call) -> Json:
        """GET room_summary/{room_id_or_alias}."""
        caller = call.caller_if_known
        if caller is None and not self._is_open:
            raise Refused(401, "M_MISSING_TOKEN", "Missing access token")
        asker = None if caller is None else caller.user_id
        summary, membership = await self._rooms.summary(call.path["room_id_or_alias"], asker)
        body = msgspec.to_builtins(summary)
        return Json(body if membership is None else body | {"membership": membership})


def routes(rooms: Rooms, *, is_open: bool) -> list[Route]:
    """The routes of this section."""
    own = SummaryRoutes(rooms, is_open)
    patterns = (
        "/_matrix/client/v1/room_summary/{room_id_or_alias}",
        f"{_UNSTABLE}/summary/{{room_id_or_alias}}",
        f"{_UNSTABLE}/rooms/{{room_id_or_alias}}/summary",
    )
    return [Route(method="GET", pattern=each, handler=own.summary, auth=Auth.OPTIONAL) for each in patterns]
