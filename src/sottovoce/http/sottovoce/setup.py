"""What the web app asks before anybody is signed in, and the first start."""

import msgspec

from sottovoce.domains.accounts.model import NewAccount, SignIn
from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Auth, Route


class _Setup(msgspec.Struct):
    code: str
    server_name: str
    username: str
    password: str
    display_name: str | None = None
    device_display_name: str | None = None


class SetupRoutes:
    """Handlers of the server's own page."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def server(self, call: Call) -> Json:
        """GET server."""
        accounts = self._accounts
        return Json(
            {
                "name": accounts.identity.name if accounts.identity.is_established else None,
                "setup_needed": await accounts.setup.is_needed(),
                "registration": accounts.registration.mode,
                "public_url": accounts.settings.public_url,
            }
        )

    async def set_up(self, call: Call) -> Json:
        """POST setup."""
        body = call.decode(_Setup)
        account = NewAccount(
            username=body.username, password=body.password, display_name=body.display_name, is_admin=True
        )
        sign_in = SignIn(initial_device_display_name=body.device_display_name, client_ip=call.client_ip)
        signed_in = await self._accounts.setup.complete(body.code, body.server_name, account, sign_in)
        return Json(
            {
                "user_id": signed_in.user_id,
                "access_token": signed_in.access_token,
                "device_id": signed_in.device_id,
                "server_name": self._accounts.identity.name,
            }
        )


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    handlers = SetupRoutes(accounts)
    base = "/_sottovoce/v1"
    return [
        Route(method="GET", pattern=f"{base}/server", handler=handlers.server, auth=Auth.NONE, before_setup=True),
        Route(
            method="POST",
            pattern=f"{base}/setup",
            handler=handlers.set_up,
            auth=Auth.NONE,
            limit="login",
            before_setup=True,
        ),
    ]
