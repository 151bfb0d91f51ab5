"""Messages from device to device, and how keys are refused."""

from typing import NamedTuple

from sottovoce.protocol.ids import DeviceId, UserId

MAX_TXN_ID_BYTES = 255
MAX_MESSAGE_TYPE_BYTES = 255
MAX_MESSAGE_BYTES = 65_536
"""How large one message to one device may be, as large as an event."""
MAX_MESSAGES_AT_ONCE = 10_000
"""To how many devices one request may send."""


class Target(NamedTuple):
    """A device of somebody."""

    user_id: UserId
    device_id: DeviceId


class Transaction(NamedTuple):
    """What a device calls its request, so that repeating it sends nothing twice."""

    sender: UserId
    device_id: DeviceId
    message_type: str
    txn_id: str


class ToDeviceMessage(NamedTuple):
    """A message that waits for a device: a complete JSON object."""

    position: int
    event: bytes


class InvalidKeys(Exception):
    """Something sent has a form or a value that makes no sense."""


class TooLargeForDevices(Exception):
    """A message is larger, or has more recipients, than may be."""
