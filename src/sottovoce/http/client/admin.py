"""What administrators may look up and do. Spec: client-server, Server Administration; Account moderation."""

import msgspec

from sottovoce.domains.accounts.model import Device
from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.refused import Refused
from sottovoce.http.routing import Auth, Route
from sottovoce.protocol.ids import parse_user_id

LOCK, SUSPEND = "/_matrix/client/v1/admin/lock/{user_id}", "/_matrix/client/v1/admin/suspend/{user_id}"
UNSTABLE = "/_matrix/client/unstable/uk.timedout.msc4323/admin"


class _Lock(msgspec.Struct):
    locked: bool


class _Suspend(msgspec.Struct):
    suspended: bool


class AdminRoutes:
    """Handlers of administration."""

    def __init__(self, accounts: Accounts) -> None:
        self._moderation = accounts.moderation
        self._sessions = accounts.sessions
        self._exists = accounts.exists

    async def whois(self, call: Call) -> Json:
        """GET admin/whois/{user_id}."""
        caller, target = call.caller, call.path["user_id"]
        if target != caller.user_id and not caller.is_admin:
            raise Refused(403, "M_FORBIDDEN", "Only an administrator may look up others")
        user_id = parse_user_id(target)
        if not await self._exists(user_id):
            raise Refused(404, "M_NOT_FOUND", "There is no such account")
        devices = await self._sessions.devices(user_id)
        return Json({"user_id": user_id, "devices": {device.device_id: _seen(device) for device in devices}})

    async def is_locked(self, call: Call) -> Json:
        """GET admin/lock/{user_id}."""
        return Json({"locked": await self._moderation.is_locked(call.caller, call.path["user_id"])})

    async def lock(self, call: Call) -> Json:
        """PUT admin/lock/{user_id}."""
        body = call.decode(_Lock)
        await self._moderation.lock(call.caller, call.path["user_id"], body.locked)
        return Json(body)

    async def is_suspended(self, call: Call) -> Json:
        """GET admin/suspend/{user_id}."""
        return Json({"suspended": await self._moderation.is_suspended(call.caller, call.path["user_id"])})

    async def suspend(self, call: Call) -> Json:
        """PUT admin/suspend/{user_id}."""
        body = call.decode(_Suspend)
        await self._moderation.suspend(call.caller, call.path["user_id"], body.suspended)
        return Json(body)


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    own = AdminRoutes(accounts)
    by_pattern = {
        LOCK: (own.is_locked, own.lock),
        f"{UNSTABLE}/lock/{{user_id}}": (own.is_locked, own.lock),
        SUSPEND: (own.is_suspended, own.suspend),
        f"{UNSTABLE}/suspend/{{user_id}}": (own.is_suspended, own.suspend),
    }
    gets = [Route(method="GET", pattern=at, handler=get, auth=Auth.ADMIN) for at, (get, _) in by_pattern.items()]
    puts = [Route(method="PUT", pattern=at, handler=put, auth=Auth.ADMIN) for at, (_, put) in by_pattern.items()]
    whois = Route(method="GET", pattern="/_matrix/client/v3/admin/whois/{user_id}", handler=own.whois)
    return [whois, *gets, *puts]


def _seen(device: Device) -> dict[str, object]:
    connection = {"last_seen": device.last_seen_at_ms} | ({"ip": device.last_seen_ip} if device.last_seen_ip else {})
    return {"sessions": [{"connections": [connection]}]}
