"""What only app services may call. Spec: application-service, Client-Server API Extensions."""

import msgspec

from sottovoce.domains.appservices.service import Networks, Ping
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.refused import invalid_param
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import RoomId


class _Visibility(msgspec.Struct):
    visibility: str


class _Ping(msgspec.Struct):
    transaction_id: str | None = None


class AppServiceRoutes:
    """Handlers of the app services' own endpoints."""

    def __init__(self, ping: Ping, networks: Networks) -> None:
        self._ping = ping
        self._networks = networks

    async def ping(self, call: Call) -> Json:
        """POST appservice/{appservice_id}/ping."""
        transaction_id = call.decode(_Ping).transaction_id
        duration_ms = await self._ping.ping(call.caller.app_service, call.path["appservice_id"], transaction_id)
        return Json({"duration_ms": duration_ms})

    async def set_listed(self, call: Call) -> Json:
        """PUT directory/list/appservice/{network_id}/{room_id}."""
        visibility = call.decode(_Visibility).visibility
        if visibility not in ("public", "private"):
            raise invalid_param("visibility", "must be public or private")
        await self._networks.set_listed(
            call.caller.app_service,
            call.path["network_id"],
            RoomId(call.path["room_id"]),
            is_listed=visibility == "public",
        )
        return EMPTY


def routes(ping: Ping, networks: Networks) -> list[Route]:
    """The routes of this section."""
    handlers = AppServiceRoutes(ping, networks)
    listed = "/_matrix/client/v3/directory/list/appservice/{network_id}/{room_id}"
    return [
        Route(method="POST", pattern="/_matrix/client/v1/appservice/{appservice_id}/ping", handler=handlers.ping),
        Route(method="PUT", pattern=listed, handler=handlers.set_listed, limit="room"),
    ]
