"""Messages from device to device. Spec: client-server, Send-to-Device messaging."""

import msgspec

from sottovoce.domains.keys.model import Transaction
from sottovoce.domains.keys.service import ToDevice
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route

# Clients share a room's key with hundreds of devices in one request, some two kilobytes each.
TO_DEVICE_BODY_LIMIT_BYTES = 4 * 1024 * 1024


class _Messages(msgspec.Struct):
    messages: dict[str, dict[str, dict[str, object]]]


class ToDeviceRoutes:
    """The handler of messages to devices."""

    def __init__(self, to_device: ToDevice) -> None:
        self._to_device = to_device

    async def send(self, call: Call) -> Json:
        """PUT sendToDevice/{event_type}/{txn_id}."""
        caller, path = call.caller, call.path
        transaction = Transaction(caller.user_id, caller.device_id, path["event_type"], path["txn_id"])
        await self._to_device.send(transaction, call.decode(_Messages).messages)
        return EMPTY


def routes(to_device: ToDevice) -> list[Route]:
    """The routes of this section."""
    return [
        Route(
            method="PUT",
            pattern="/_matrix/client/v3/sendToDevice/{event_type}/{txn_id}",
            handler=ToDeviceRoutes(to_device).send,
            body_limit_bytes=TO_DEVICE_BODY_LIMIT_BYTES,
        )
    ]
