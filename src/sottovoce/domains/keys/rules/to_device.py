"""What may be sent to devices, and where it goes."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sottovoce.protocol.ids import DeviceId, UserId, size_bytes

from ..model import (
    MAX_MESSAGE_BYTES,
    MAX_MESSAGE_TYPE_BYTES,
    MAX_MESSAGES_AT_ONCE,
    MAX_TXN_ID_BYTES,
    InvalidKeys,
    Target,
    TooLargeForDevices,
    Transaction,
)

EVERY_DEVICE = "*"

Contents = Mapping[str, Mapping[str, Mapping[str, object]]]
"""By person, then by device: the content of the message to it."""

_encode = msgspec.json.Encoder().encode


def check_transaction(transaction: Transaction) -> None:
    """Raises InvalidKeys unless its names may be kept."""
    if size_bytes(transaction.txn_id) > MAX_TXN_ID_BYTES:
        raise InvalidKeys(f"A transaction id has at most {MAX_TXN_ID_BYTES} bytes")
    if size_bytes(transaction.message_type) > MAX_MESSAGE_TYPE_BYTES:
        raise InvalidKeys(f"A type of message has at most {MAX_MESSAGE_TYPE_BYTES} bytes")


def messages_to(
    devices: Mapping[UserId, Sequence[DeviceId]], contents: Contents, message_type: str, sender: UserId
) -> list[tuple[Target, bytes]]:
    """Which message goes to which of these devices; what is meant for others goes nowhere.

    A device that is named itself gets the message that names it. Raises TooLargeForDevices.
    Spec: client-server, Send-to-Device messaging.
    """
    events: list[tuple[Target, bytes]] = []
    for user_id, known in devices.items():
        theirs = contents.get(user_id, {})
        to_all = _event(message_type, sender, theirs[EVERY_DEVICE]) if EVERY_DEVICE in theirs else None
        for device_id in known:
            if device_id in theirs:
                events.append((Target(user_id, device_id), _event(message_type, sender, theirs[device_id])))
            elif to_all is not None:
                events.append((Target(user_id, device_id), to_all))
    if len(events) > MAX_MESSAGES_AT_ONCE:
        raise TooLargeForDevices(f"A request may send to at most {MAX_MESSAGES_AT_ONCE} devices")
    return events


def first_to_go(sizes_bytes: Iterable[tuple[int, int]], max_messages: int, max_bytes: int) -> int | None:
    """Of messages by (position, size), newest first: the newest one that finds no room; None if all do."""
    kept_bytes = 0
    for number, (position, size) in enumerate(sizes_bytes):
        kept_bytes += size
        if number >= max_messages or kept_bytes > max_bytes:
            return position
    return None


def _event(message_type: str, sender: UserId, content: Mapping[str, object]) -> bytes:
    event = _encode({"type": message_type, "sender": sender, "content": content})
    if len(event) > MAX_MESSAGE_BYTES:
        raise TooLargeForDevices(f"A message to a device has at most {MAX_MESSAGE_BYTES} bytes")
    return event
