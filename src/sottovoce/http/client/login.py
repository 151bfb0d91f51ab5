"""Signing in and out. Spec: client-server, Login; Refreshing access tokens."""

import msgspec

from sottovoce.domains.accounts.model import Identifier, SignIn, UnsupportedLogin
from sottovoce.domains.accounts.service import Accounts
from sottovoce.domains.accounts.service.passes import LOGIN_LIFETIME_MS
from sottovoce.http.access_token import access_token
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.refused import Refused, missing_param
from sottovoce.http.routing import Auth, Route

GET_TOKEN = "/_matrix/client/v1/login/get_token"
PASSWORD, TOKEN, APP_SERVICE = "m.login.password", "m.login.token", "m.login.application_service"


class _Login(msgspec.Struct):
    type: str
    identifier: dict[str, object] | None = None
    user: str | None = None
    medium: str | None = None
    address: str | None = None
    password: str | None = None
    token: str | None = None
    device_id: str | None = None
    initial_device_display_name: str | None = None
    refresh_token: bool = False


class _Proof(msgspec.Struct):
    auth: dict[str, object] | None = None


class _Refresh(msgspec.Struct):
    refresh_token: str


class LoginRoutes:
    """Handlers of sessions."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def flows(self, call: Call) -> Json:
        """GET login."""
        flows: list[dict[str, object]] = [{"type": PASSWORD}, {"type": TOKEN, "get_login_token": True}]
        if self._accounts.ghosts.are_there:
            flows.append({"type": APP_SERVICE})
        return Json({"flows": flows})

    async def login(self, call: Call) -> Json:
        """POST login."""
        body = call.decode(_Login)
        sign_in = SignIn(
            device_id=body.device_id,
            initial_device_display_name=body.initial_device_display_name,
            refresh_token=body.refresh_token,
            client_ip=call.client_ip,
        )
        users = self._accounts.users
        if body.type == PASSWORD:
            if body.password is None:
                raise missing_param("password")
            return Json(await users.sign_in(_identifier(body), body.password, sign_in))
        if body.type == TOKEN:
            if body.token is None:
                raise missing_param("token")
            return Json(await users.sign_in_with_token(body.token, sign_in))
        if body.type == APP_SERVICE:
            token = access_token(call.headers, call.query)
            return Json(await self._accounts.ghosts.sign_in(token, _identifier(body), sign_in))
        raise UnsupportedLogin("This way of signing in does not exist here")

    async def get_token(self, call: Call) -> Json:
        """POST login/get_token."""
        auth = call.decode(_Proof).auth
        token = await self._accounts.sensitive.login_token(call.caller, call.client_ip, auth)
        return Json({"login_token": token, "expires_in_ms": LOGIN_LIFETIME_MS})

    async def sso(self, call: Call) -> Json:
        """GET login/sso/redirect: there is nowhere to go."""
        raise Refused(404, "M_UNRECOGNIZED", "Nobody signs in through another service here")

    async def refresh(self, call: Call) -> Json:
        """POST refresh."""
        return Json(await self._accounts.sessions.refresh(call.decode(_Refresh).refresh_token))

    async def logout(self, call: Call) -> Json:
        """POST logout."""
        await self._accounts.sessions.close(call.caller.user_id, [call.caller.device_id])
        return EMPTY

    async def logout_all(self, call: Call) -> Json:
        """POST logout/all."""
        await self._accounts.sessions.close_all(call.caller.user_id)
        return EMPTY


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    handlers = LoginRoutes(accounts)
    base = "/_matrix/client/v3"
    return [
        Route(method="GET", pattern=f"{base}/login", handler=handlers.flows, auth=Auth.NONE),
        Route(method="POST", pattern=f"{base}/login", handler=handlers.login, auth=Auth.NONE, limit="login"),
        Route(method="POST", pattern=GET_TOKEN, handler=handlers.get_token, limit="login"),
        Route(method="GET", pattern=f"{base}/login/sso/redirect", handler=handlers.sso, auth=Auth.NONE),
        Route(method="GET", pattern=f"{base}/login/sso/redirect/{{idp_id}}", handler=handlers.sso, auth=Auth.NONE),
        Route(method="POST", pattern=f"{base}/refresh", handler=handlers.refresh, auth=Auth.NONE),
        Route(method="POST", pattern=f"{base}/logout", handler=handlers.logout),
        Route(method="POST", pattern=f"{base}/logout/all", handler=handlers.logout_all),
    ]


def _identifier(body: _Login) -> Identifier:
    """The deprecated fields beside `identifier`, written as one."""
    if body.identifier is not None:
        return body.identifier
    if body.medium is not None:
        return {"type": "m.id.thirdparty", "medium": body.medium, "address": body.address}
    return {"type": "m.id.user", "user": body.user}
