"""Names, pictures and what else people say of themselves. Spec: client-server, Profiles.

Only people with an account here may ask: who exists on this server is nobody else's business.
"""

from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.client.own_user import own_user_id
from sottovoce.http.refused import Refused, missing_param
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import parse_user_id

UNSTABLE = "/_matrix/client/unstable/uk.tcpip.msc4133/profile/{user_id}"
PROFILE_BODY_LIMIT_BYTES = 256 * 1024
"""A profile is smaller than 64 KiB; its request may be written with escapes and spaces."""


class ProfileRoutes:
    """Handlers of profiles."""

    def __init__(self, accounts: Accounts) -> None:
        self._profiles = accounts.profiles

    async def get(self, call: Call) -> Json:
        """GET profile/{user_id}."""
        return Json(await self._profiles.fields(parse_user_id(call.path["user_id"])))

    async def get_field(self, call: Call) -> Json:
        """GET profile/{user_id}/{key_name}."""
        name = call.path["key_name"]
        fields = await self._profiles.fields(parse_user_id(call.path["user_id"]))
        if name not in fields:
            raise Refused(404, "M_NOT_FOUND", "The profile has no such field")
        return Json({name: fields[name]})

    async def set_field(self, call: Call) -> Json:
        """PUT profile/{user_id}/{key_name}."""
        name, body = call.path["key_name"], call.decode_object()
        user_id = own_user_id(call)
        if name not in body:
            raise missing_param(name)
        await self._profiles.set(user_id, name, body[name])
        return EMPTY

    async def delete_field(self, call: Call) -> Json:
        """DELETE profile/{user_id}/{key_name}."""
        await self._profiles.remove(own_user_id(call), call.path["key_name"])
        return EMPTY


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    own = ProfileRoutes(accounts)
    base = "/_matrix/client/v3/profile/{user_id}"
    of_fields = [
        route
        for pattern in (f"{base}/{{key_name}}", f"{UNSTABLE}/{{key_name}}")
        for route in (
            Route(method="GET", pattern=pattern, handler=own.get_field),
            Route(method="PUT", pattern=pattern, handler=own.set_field, body_limit_bytes=PROFILE_BODY_LIMIT_BYTES),
            Route(method="DELETE", pattern=pattern, handler=own.delete_field),
        )
    ]
    whole = [Route(method="GET", pattern=pattern, handler=own.get) for pattern in (base, UNSTABLE)]
    return [*whole, *of_fields]
