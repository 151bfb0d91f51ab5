"""New accounts for whoever asks. Spec: client-server, Account registration."""

import msgspec

from sottovoce.domains.accounts.model import NewAccount, SignIn
from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.access_token import access_token
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.refused import invalid_param
from sottovoce.http.routing import Auth, Route

APP_SERVICE = "m.login.application_service"


class _Register(msgspec.Struct):
    type: str | None = None
    username: str | None = None
    password: str | None = None
    device_id: str | None = None
    initial_device_display_name: str | None = None
    inhibit_login: bool = False
    refresh_token: bool = False
    auth: dict[str, object] | None = None
    guest_access_token: str | None = None


class _Guest(msgspec.Struct):
    initial_device_display_name: str | None = None


class RegisterRoutes:
    """Handlers of registration."""

    def __init__(self, accounts: Accounts) -> None:
        self._registration = accounts.registration
        self._ghosts = accounts.ghosts
        self._sessions = accounts.sessions

    async def register(self, call: Call) -> Json:
        """POST register."""
        kind = call.query.text("kind") or "user"
        if kind == "guest":
            device_name = call.decode(_Guest).initial_device_display_name
            return Json(await self._registration.register_guest(device_name, call.client_ip))
        if kind != "user":
            raise invalid_param("kind", "must be user or guest")
        body = call.decode(_Register)
        sign_in = SignIn(
            device_id=body.device_id,
            initial_device_display_name=body.initial_device_display_name,
            refresh_token=body.refresh_token,
            client_ip=call.client_ip,
        )
        asked = None if body.inhibit_login else sign_in
        if body.type == APP_SERVICE:
            token = access_token(call.headers, call.query)
            user_id, signed_in = await self._ghosts.register(token, body.username, asked)
        else:
            account, guest_token = NewAccount(username=body.username, password=body.password), body.guest_access_token
            guest = None if guest_token is None else await self._sessions.identify(guest_token, call.client_ip)
            user_id, signed_in = await self._registration.register(account, asked, body.auth, guest)
        return Json({"user_id": user_id} if signed_in is None else signed_in)

    async def available(self, call: Call) -> Json:
        """GET register/available."""
        await self._registration.check_available(call.query.required("username"))
        return Json({"available": True})

    async def token_validity(self, call: Call) -> Json:
        """GET register/m.login.registration_token/validity."""
        return Json({"valid": await self._registration.is_valid_token(call.query.required("token"))})


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    handlers = RegisterRoutes(accounts)
    base = "/_matrix/client/v3/register"
    return [
        Route(method="POST", pattern=base, handler=handlers.register, auth=Auth.NONE, limit="register"),
        Route(method="GET", pattern=f"{base}/available", handler=handlers.available, auth=Auth.NONE, limit="login"),
        Route(
            method="GET",
            pattern="/_matrix/client/v1/register/m.login.registration_token/validity",
            handler=handlers.token_validity,
            auth=Auth.NONE,
            limit="login",
        ),
    ]
