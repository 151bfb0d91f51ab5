"""The records: an event, the draft it is built from, and the limits both keep."""

import msgspec

from sottovoce.protocol.canonical_json import MAX_INTEGER, MIN_INTEGER
from sottovoce.protocol.errors import Malformed, TooLarge
from sottovoce.protocol.ids import EventId, RoomId, UserId, is_user_id, size_bytes
from sottovoce.protocol.room_versions import RoomVersion

MAX_PDU_BYTES = 65_536
MAX_FIELD_BYTES = 255
MAX_PREV_EVENTS = 20
MAX_AUTH_EVENTS = 10


class Event(msgspec.Struct, frozen=True):
    """A room event. Immutable by convention, its content too.

    `redacts` is filled wherever the room version keeps it. `pdu` is the canonical JSON, hashes and signatures
    included: what is stored, sent to other servers and cut for clients.
    """

    event_id: EventId
    room_id: RoomId
    type: str
    sender: UserId
    state_key: str | None
    origin_server_ts: int
    content: dict[str, object]
    depth: int
    prev_events: tuple[EventId, ...]
    auth_events: tuple[EventId, ...]
    redacts: EventId | None
    pdu: bytes


class Draft(msgspec.Struct):
    """What an event says, before it is hashed and signed.

    `room_id` is None only for a create event whose hash becomes the room's id.
    """

    type: str
    sender: UserId
    content: dict[str, object]
    room_id: RoomId | None
    origin_server_ts: int
    depth: int
    prev_events: tuple[EventId, ...]
    auth_events: tuple[EventId, ...]
    state_key: str | None = None
    redacts: EventId | None = None


def check_limits(fields: Draft | Event) -> None:
    """Raise Malformed where a field is too long or out of range. Spec: client-server, Size limits."""
    _check_text("type", fields.type)
    if fields.state_key is not None:
        _check_text("state_key", fields.state_key)
    if not is_user_id(fields.sender):
        raise Malformed("sender is not a valid user id")
    if fields.room_id is not None:
        _check_text("room_id", fields.room_id)
    if not 0 <= fields.depth <= MAX_INTEGER:
        raise Malformed("depth out of range")
    if not MIN_INTEGER <= fields.origin_server_ts <= MAX_INTEGER:
        raise Malformed("origin_server_ts out of range")
    if len(fields.prev_events) > MAX_PREV_EVENTS:
        raise Malformed(f"more than {MAX_PREV_EVENTS} prev_events")
    if len(fields.auth_events) > MAX_AUTH_EVENTS:
        raise Malformed(f"more than {MAX_AUTH_EVENTS} auth_events")


def check_pdu_size(pdu: bytes) -> None:
    """Raise Malformed if the event is larger than the spec allows. Spec: client-server, Size limits."""
    if len(pdu) > MAX_PDU_BYTES:
        raise TooLarge(f"event of {len(pdu)} bytes; the most is {MAX_PDU_BYTES}")


def redaction_target(
    event_type: str,
    content: dict[str, object],
    beside_content: EventId | None,
    version: RoomVersion,
) -> EventId | None:
    """The event a redaction takes back, read where the room version keeps it; None for any other event."""
    if event_type != "m.room.redaction":
        return None
    target = content.get("redacts") if version.redacts_in_content else beside_content
    return EventId(target) if isinstance(target, str) else None


def _check_text(name: str, text: str) -> None:
    if size_bytes(text) > MAX_FIELD_BYTES:
        raise TooLarge(f"{name} longer than {MAX_FIELD_BYTES} bytes")
    if "\0" in text:
        raise Malformed(f"{name} holds a NUL character, which no store can keep")
