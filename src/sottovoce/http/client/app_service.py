"""What only app services may call. Spec: application-service, Client-Server API Extensions."""

import msgspec

from sottovoce.domains.appservices.service import Ping
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route


class _Ping(msgspec.Struct):
    transaction_id: str | None = None


class AppServiceRoutes:
    """Handlers of the app services' own endpoints."""

    def __init__(self, ping: Ping) -> None:
        self._ping = ping

    async def ping(self, call: Call) -> Json:
        """POST appservice/{appservice_id}/ping."""
        transaction_id = call.decode(_Ping).transaction_id
        duration_ms = await self._ping.ping(call.caller.app_service, call.path["appservice_id"], transaction_id)
        return Json({"duration_ms": duration_ms})


def routes(ping: Ping) -> list[Route]:
    """The routes of this section."""
    handlers = AppServiceRoutes(ping)
    base = "/_matrix/client/v1/appservice/{appservice_id}"
    return [Route(method="POST", pattern=f"{base}/ping", handler=handlers.ping)]
