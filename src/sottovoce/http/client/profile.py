"""Names and pictures. Spec: client-server, Profiles.

Only people with an account here may ask: who exists on this server is nobody else's business.
"""

from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.client.own_user import own_user_id
from sottovoce.http.refused import Refused, missing_param
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import parse_user_id


class ProfileRoutes:
    """Handlers of profiles."""

    def __init__(self, accounts: Accounts) -> None:
        self._profiles = accounts.profiles
        self._setters = {
            "displayname": self._profiles.set_displayname,
            "avatar_url": self._profiles.set_avatar_url,
        }

    async def get(self, call: Call) -> Json:
        """GET profile/{user_id}."""
        return Json(await self._fields(call))

    async def get_field(self, call: Call) -> Json:
        """GET profile/{user_id}/{key_name}."""
        name = call.path["key_name"]
        fields = await self._fields(call)
        if name not in fields:
            raise Refused(404, "M_NOT_FOUND", "The profile has no such field")
        return Json({name: fields[name]})

    async def set_field(self, call: Call) -> Json:
        """PUT profile/{user_id}/{key_name}."""
        name = call.path["key_name"]
        body = call.decode_object()
        if name not in body:
            raise missing_param(name)
        return await self._set(call, body[name])

    async def delete_field(self, call: Call) -> Json:
        """DELETE profile/{user_id}/{key_name}."""
        return await self._set(call, None)

    async def _fields(self, call: Call) -> dict[str, str]:
        profile = await self._profiles.of(parse_user_id(call.path["user_id"]))
        return {name: value for name, value in profile._asdict().items() if value is not None}

    async def _set(self, call: Call, value: object) -> Json:
        user_id = own_user_id(call)
        setter = self._setters.get(call.path["key_name"])
        if setter is None:
            raise Refused(403, "M_FORBIDDEN", "This server keeps no such field")
        await setter(user_id, value)
        return EMPTY


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    handlers = ProfileRoutes(accounts)
    base = "/_matrix/client/v3/profile/{user_id}"
    return [
        Route(method="GET", pattern=base, handler=handlers.get),
        Route(method="GET", pattern=base + "/{key_name}", handler=handlers.get_field),
        Route(method="PUT", pattern=base + "/{key_name}", handler=handlers.set_field),
        Route(method="DELETE", pattern=base + "/{key_name}", handler=handlers.delete_field),
    ]
