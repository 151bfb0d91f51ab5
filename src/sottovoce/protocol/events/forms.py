"""Events as clients see them, cut from the bytes of the event."""

import msgspec
from msgspec import UNSET, Raw, UnsetType

from sottovoce.protocol.events.model import Event
from sottovoce.protocol.ids import EventId, UserId

_encode = msgspec.json.encode


class _Content(msgspec.Struct):
    content: Raw


class _ClientForm(msgspec.Struct):
    content: Raw
    event_id: EventId
    origin_server_ts: int
    sender: UserId
    type: str
    state_key: str | UnsetType
    redacts: EventId | UnsetType


class _StrippedForm(msgspec.Struct):
    content: Raw
    sender: UserId
    state_key: str
    type: str


_decode_content = msgspec.json.Decoder(_Content).decode


def client_form(event: Event) -> bytes:
    """The event as a client gets it, without its closing brace, `room_id` and `unsigned`, for the caller to splice.

    A redaction names its target both in its content and beside it, whatever the room version, so that old and new
    apps find it. Spec: client-server, Room event format; room version 11, Moving the redacts property.
    """
    return _encode(
        _ClientForm(
            _client_content(event),
            event.event_id,
            event.origin_server_ts,
            event.sender,
            event.type,
            UNSET if event.state_key is None else event.state_key,
            UNSET if event.redacts is None else event.redacts,
        )
    )[:-1]


def stripped_form(event: Event) -> bytes:
    """The JSON object of stripped state: content, sender, state_key, type. Spec: client-server, Stripped state."""
    return _encode(
        _StrippedForm(
            _decode_content(event.pdu).content,
            event.sender,
            event.state_key or "",
            event.type,
        )
    )


def _client_content(event: Event) -> Raw:
    if event.redacts is not None and event.content.get("redacts") != event.redacts:
        return Raw(_encode({**event.content, "redacts": event.redacts}))
    return _decode_content(event.pdu).content
