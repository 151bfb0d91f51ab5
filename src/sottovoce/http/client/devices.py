"""The caller's devices. Spec: client-server, Device management."""

import msgspec

from sottovoce.domains.accounts.model import Device
from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route

CREATED = Json(b"{}", 201)


class _Name(msgspec.Struct):
    display_name: str | None = None


class _Proof(msgspec.Struct):
    auth: dict[str, object] | None = None


class _Several(msgspec.Struct):
    devices: list[str]
    auth: dict[str, object] | None = None


class _Device(msgspec.Struct):
    """What is not known is null, and there: matrix-nio takes no list where it is absent."""

    device_id: str
    last_seen_ts: int
    last_seen_ip: str | None
    display_name: str | None


class DeviceRoutes:
    """Handlers of devices."""

    def __init__(self, accounts: Accounts) -> None:
        self._sessions = accounts.sessions
        self._sensitive = accounts.sensitive
        self._ghosts = accounts.ghosts

    async def list(self, call: Call) -> Json:
        """GET devices."""
        devices = await self._sessions.devices(call.caller.user_id)
        return Json({"devices": [_told(device) for device in devices]})

    async def get(self, call: Call) -> Json:
        """GET devices/{device_id}."""
        return Json(_told(await self._sessions.device(call.caller.user_id, call.path["device_id"])))

    async def rename(self, call: Call) -> Json:
        """PUT devices/{device_id}."""
        name = call.decode(_Name).display_name
        if call.caller.app_service is not None:
            is_new = await self._ghosts.name_device(call.caller, call.path["device_id"], name, call.client_ip)
            return CREATED if is_new else EMPTY
        await self._sessions.rename(call.caller.user_id, call.path["device_id"], name)
        return EMPTY

    async def delete(self, call: Call) -> Json:
        """DELETE devices/{device_id}."""
        auth = call.decode(_Proof).auth
        await self._sensitive.delete_devices(call.caller, call.client_ip, auth, [call.path["device_id"]])
        return EMPTY

    async def delete_several(self, call: Call) -> Json:
        """POST delete_devices."""
        body = call.decode(_Several)
        await self._sensitive.delete_devices(call.caller, call.client_ip, body.auth, body.devices)
        return EMPTY


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    handlers = DeviceRoutes(accounts)
    base = "/_matrix/client/v3"
    return [
        Route(method="GET", pattern=f"{base}/devices", handler=handlers.list),
        Route(method="GET", pattern=f"{base}/devices/{{device_id}}", handler=handlers.get),
        Route(method="PUT", pattern=f"{base}/devices/{{device_id}}", handler=handlers.rename),
        Route(method="DELETE", pattern=f"{base}/devices/{{device_id}}", handler=handlers.delete),
        Route(method="POST", pattern=f"{base}/delete_devices", handler=handlers.delete_several),
    ]


def _told(device: Device) -> _Device:
    return _Device(device.device_id, device.last_seen_at_ms, device.last_seen_ip or None, device.display_name)
