"""Who one is, one's password, and the end of one's account. Spec: client-server, Account management."""

import msgspec

from sottovoce.domains.accounts.model import NO_DEVICE
from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.refused import Refused
from sottovoce.http.routing import Auth, Route


class _NewPassword(msgspec.Struct):
    new_password: str
    logout_devices: bool = True
    auth: dict[str, object] | None = None


class _Deactivate(msgspec.Struct):
    erase: bool = False
    auth: dict[str, object] | None = None


class AccountRoutes:
    """Handlers of the account itself."""

    def __init__(self, accounts: Accounts) -> None:
        self._sensitive = accounts.sensitive
        self._email = accounts.email
        self._recovery = accounts.recovery

    async def whoami(self, call: Call) -> Json:
        """GET account/whoami."""
        caller = call.caller
        device = {} if caller.device_id == NO_DEVICE else {"device_id": caller.device_id}
        return Json({"user_id": caller.user_id, **device, **({"is_guest": True} if caller.is_guest else {})})

    async def change_password(self, call: Call) -> Json:
        """POST account/password."""
        body = call.decode(_NewPassword)
        if call.caller_if_known is None:
            if not self._email.is_possible:
                raise Refused(401, "M_MISSING_TOKEN", "Missing access token")
            await self._recovery.reset(body.auth, body.new_password, signs_out=body.logout_devices)
            return EMPTY
        await self._sensitive.change_password(
            call.caller, call.client_ip, body.auth, body.new_password, signs_out=body.logout_devices
        )
        return EMPTY

    async def deactivate(self, call: Call) -> Json:
        """POST account/deactivate."""
        body = call.decode(_Deactivate)
        await self._sensitive.deactivate(call.caller, call.client_ip, body.auth, erases=body.erase)
        # No identity server knows of anything here: the spec calls that a success.
        return Json({"id_server_unbind_result": "success"})


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    handlers = AccountRoutes(accounts)
    base = "/_matrix/client/v3/account"
    return [
        Route(method="GET", pattern=f"{base}/whoami", handler=handlers.whoami),
        Route(method="POST", pattern=f"{base}/password", handler=handlers.change_password, auth=Auth.OPTIONAL),
        Route(method="POST", pattern=f"{base}/deactivate", handler=handlers.deactivate),
    ]
