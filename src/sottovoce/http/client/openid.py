"""Who somebody is, told to other services. Spec: client-server, OpenID; server-server, OpenID."""

import msgspec

from sottovoce.domains.accounts.service import Accounts
from sottovoce.domains.accounts.service.passes import OPENID_LIFETIME_MS
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.client.own_user import own_user_id
from sottovoce.http.refused import Refused
from sottovoce.http.routing import Auth, Route


class _Nothing(msgspec.Struct):
    """An object, whose fields are kept for later versions of the specification."""


class OpenIdRoutes:
    """Handlers of OpenID."""

    def __init__(self, accounts: Accounts) -> None:
        self._passes = accounts.passes
        self._identity = accounts.identity

    async def request_token(self, call: Call) -> Json:
        """POST user/{user_id}/openid/request_token."""
        call.decode(_Nothing)
        return Json(
            {
                "access_token": await self._passes.issue_openid(own_user_id(call)),
                "token_type": "Bearer",
                "matrix_server_name": self._identity.name,
                "expires_in": OPENID_LIFETIME_MS // 1000,
            }
        )

    async def user_info(self, call: Call) -> Json:
        """GET openid/userinfo, of the federation API, which needs no signature."""
        token = call.query.text("access_token")
        if not token:
            raise Refused(401, "M_MISSING_TOKEN", "Missing access token")
        return Json({"sub": await self._passes.openid_user(token)})


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    own = OpenIdRoutes(accounts)
    request_token = "/_matrix/client/v3/user/{user_id}/openid/request_token"
    user_info = "/_matrix/federation/v1/openid/userinfo"
    return [
        Route(method="POST", pattern=request_token, handler=own.request_token),
        Route(method="GET", pattern=user_info, handler=own.user_info, auth=Auth.NONE, limit="login"),
    ]
