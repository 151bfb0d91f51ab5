"""Signing in and out. Spec: client-server, Login; Refreshing access tokens."""

import msgspec

from sottovoce.domains.accounts.model import Identifier, SignIn, UnsupportedLogin
from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.access_token import access_token
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.refused import missing_param
from sottovoce.http.routing import Auth, Route

PASSWORD = "m.login.password"
APP_SERVICE = "m.login.application_service"


class _Login(msgspec.Struct):
    type: str
    identifier: dict[str, object] | None = None
    user: str | None = None
    medium: str | None = None
    password: str | None = None
    device_id: str | None = None
    initial_device_display_name: str | None = None
    refresh_token: bool = False


class _Refresh(msgspec.Struct):
    refresh_token: str


class LoginRoutes:
    """Handlers of sessions."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def flows(self, call: Call) -> Json:
        """GET login."""
        kinds = (PASSWORD, APP_SERVICE) if self._accounts.ghosts.are_there else (PASSWORD,)
        return Json({"flows": [{"type": kind} for kind in kinds]})

    async def login(self, call: Call) -> Json:
        """POST login."""
        body = call.decode(_Login)
        sign_in = SignIn(
            device_id=body.device_id,
            initial_device_display_name=body.initial_device_display_name,
            refresh_token=body.refresh_token,
            client_ip=call.client_ip,
        )
        identifier = _identifier(body)
        if body.type == APP_SERVICE:
            token = access_token(call.headers, call.query)
            return Json(await self._accounts.ghosts.sign_in(token, identifier, sign_in))
        if body.type != PASSWORD:
            raise UnsupportedLogin("This way of signing in does not exist here")
        if body.password is None:
            raise missing_param("password")
        return Json(await self._accounts.users.sign_in(identifier, body.password, sign_in))

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
        Route(method="POST", pattern=f"{base}/refresh", handler=handlers.refresh, auth=Auth.NONE),
        Route(method="POST", pattern=f"{base}/logout", handler=handlers.logout),
        Route(method="POST", pattern=f"{base}/logout/all", handler=handlers.logout_all),
    ]


def _identifier(body: _Login) -> Identifier:
    """The deprecated fields beside `identifier`, written as one."""
    if body.identifier is not None:
        return body.identifier
    if body.medium is not None:
        return {"type": "m.id.thirdparty"}
    return {"type": "m.id.user", "user": body.user}
