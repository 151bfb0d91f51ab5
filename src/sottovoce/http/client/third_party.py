"""What other networks have, by way of app services. Spec: client-server, Third-party Networks."""

from sottovoce.domains.appservices.service import ThirdParty
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route

_NOT_PASSED_ON = frozenset({"access_token", "user_id", "device_id", "org.matrix.msc3202.device_id"})


class ThirdPartyRoutes:
    """Handlers of third-party lookups."""

    def __init__(self, third_party: ThirdParty) -> None:
        self._third_party = third_party

    async def protocols(self, call: Call) -> Json:
        """GET thirdparty/protocols."""
        return Json(await self._third_party.protocols())

    async def protocol(self, call: Call) -> Json:
        """GET thirdparty/protocol/{protocol}."""
        return Json(await self._third_party.protocol(call.path["protocol"]))

    async def locations(self, call: Call) -> Json:
        """GET thirdparty/location/{protocol}."""
        return Json(await self._third_party.locations(call.path["protocol"], _fields(call)))

    async def users(self, call: Call) -> Json:
        """GET thirdparty/user/{protocol}."""
        return Json(await self._third_party.users(call.path["protocol"], _fields(call)))

    async def locations_of_alias(self, call: Call) -> Json:
        """GET thirdparty/location."""
        return Json(await self._third_party.locations(None, _required(call, "alias")))

    async def users_of_id(self, call: Call) -> Json:
        """GET thirdparty/user."""
        return Json(await self._third_party.users(None, _required(call, "userid")))


def routes(third_party: ThirdParty) -> list[Route]:
    """The routes of this section."""
    own = ThirdPartyRoutes(third_party)
    base = "/_matrix/client/v3/thirdparty"
    handlers = {
        f"{base}/protocols": own.protocols,
        f"{base}/protocol/{{protocol}}": own.protocol,
        f"{base}/location/{{protocol}}": own.locations,
        f"{base}/user/{{protocol}}": own.users,
        f"{base}/location": own.locations_of_alias,
        f"{base}/user": own.users_of_id,
    }
    return [
        Route(method="GET", pattern=pattern, handler=handler, limit="room") for pattern, handler in handlers.items()
    ]


def _fields(call: Call) -> dict[str, str]:
    return {name: value for name, value in call.query.firsts().items() if name not in _NOT_PASSED_ON}


def _required(call: Call, name: str) -> dict[str, str]:
    return {name: call.query.required(name)}
