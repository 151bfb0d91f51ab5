"""A device that receives keys for its owner's next one. Spec: MSC3814, unstable."""

import msgspec

from sottovoce.domains.keys.model import KeysUpload, Target
from sottovoce.domains.keys.service import DehydratedDevices
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import DeviceId


class _Device(msgspec.Struct):
    device_id: str
    device_data: dict[str, object]
    device_keys: dict[str, object]
    initial_device_display_name: str | None = None
    one_time_keys: dict[str, object] | None = None
    fallback_keys: dict[str, object] | None = None


class _After(msgspec.Struct):
    next_batch: str | None = None


class DehydratedDeviceRoutes:
    """Handlers of the dehydrated device."""

    def __init__(self, devices: DehydratedDevices) -> None:
        self._devices = devices

    async def put(self, call: Call) -> Json:
        """PUT dehydrated_device."""
        body = call.decode(_Device)
        upload = KeysUpload(body.device_keys, body.one_time_keys or {}, body.fallback_keys or {})
        device = Target(call.caller.user_id, DeviceId(body.device_id))
        await self._devices.put(device, body.device_data, body.initial_device_display_name, upload)
        return Json({"device_id": body.device_id})

    async def get(self, call: Call) -> Json:
        """GET dehydrated_device."""
        device = await self._devices.find(call.caller.user_id)
        return Json({"device_id": device.device_id, "device_data": msgspec.Raw(device.device_data)})

    async def delete(self, call: Call) -> Json:
        """DELETE dehydrated_device."""
        return Json({"device_id": await self._devices.delete(call.caller.user_id)})

    async def events(self, call: Call) -> Json:
        """POST dehydrated_device/{device_id}/events: the first revisions' way, whose pages end with an empty one."""
        messages, token = await self._devices.events(_target(call), call.decode(_After).next_batch)
        return Json({"events": [msgspec.Raw(message.event) for message in messages], "next_batch": token})

    async def page(self, call: Call) -> Json:
        """GET dehydrated_device/{device_id}/events: the later revisions' way, whose last page has no token."""
        messages, token = await self._devices.events(_target(call), call.query.text("from"))
        told = {"events": [msgspec.Raw(message.event) for message in messages]}
        return Json({**told, "next_batch": token} if messages else told)


def _target(call: Call) -> Target:
    return Target(call.caller.user_id, DeviceId(call.path["device_id"]))


def routes(devices: DehydratedDevices) -> list[Route]:
    """The routes of this section."""
    own = DehydratedDeviceRoutes(devices)
    base = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device"
    return [
        Route(method="PUT", pattern=base, handler=own.put),
        Route(method="GET", pattern=base, handler=own.get),
        Route(method="DELETE", pattern=base, handler=own.delete),
        Route(method="POST", pattern=f"{base}/{{device_id}}/events", handler=own.events),
        Route(method="GET", pattern=f"{base}/{{device_id}}/events", handler=own.page),
    ]
