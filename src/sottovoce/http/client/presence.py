"""Who is there. Spec: client-server, Presence."""

import msgspec

from sottovoce.domains.presence.rules import presence_content
from sottovoce.domains.presence.service import Presence
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import UserId


class _Status(msgspec.Struct):
    presence: str
    status_msg: str | None = None


class PresenceRoutes:
    """Handlers of presence."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence

    async def set(self, call: Call) -> Json:
        """PUT presence/{user_id}/status."""
        caller, status = call.caller, call.decode(_Status)
        await self._presence.set(
            caller.user_id, caller.device_id, UserId(call.path["user_id"]), status.presence, status.status_msg
        )
        return EMPTY

    async def get(self, call: Call) -> Json:
        """GET presence/{user_id}/status."""
        shown = await self._presence.get(call.caller.user_id, UserId(call.path["user_id"]))
        return Json(presence_content(shown))


def routes(presence: Presence) -> list[Route]:
    """The routes of this section."""
    own = PresenceRoutes(presence)
    pattern = "/_matrix/client/v3/presence/{user_id}/status"
    return [
        Route(method="PUT", pattern=pattern, handler=own.set),
        Route(method="GET", pattern=pattern, handler=own.get),
    ]
