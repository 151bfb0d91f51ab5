"""Bytes become events: strictly when a peer sent them, quickly when they come back from our own store."""

import msgspec

from sottovoce.protocol.canonical_json import encode_canonical
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.events.model import (
    Event,
    check_limits,
    check_pdu_size,
    redaction_target,
)
from sottovoce.protocol.hashing import event_id_from, reference_hash
from sottovoce.protocol.ids import EventId, RoomId, UserId
from sottovoce.protocol.redaction import redact_pdu
from sottovoce.protocol.room_versions import RoomVersion


class _Fields(msgspec.Struct):
    auth_events: tuple[EventId, ...]
    content: dict[str, object]
    depth: int
    origin_server_ts: int
    prev_events: tuple[EventId, ...]
    sender: UserId
    type: str
    redacts: EventId | None = None
    room_id: RoomId | None = None
    state_key: str | None = None


class _Signed(_Fields, kw_only=True):
    hashes: dict[str, str]
    signatures: dict[str, dict[str, str]]


_decode_object = msgspec.json.Decoder(dict[str, object]).decode
_decode_fields = msgspec.json.Decoder(_Fields).decode


def parse_pdu(pdu: bytes, version: RoomVersion, event_id: EventId | None = None) -> Event:
    """Read an event.

    pdu: its JSON. event_id: given only for bytes this program stored, which are canonical and were checked then;
    left out, everything is checked, `unsigned` is dropped, the bytes are made canonical and the id computed.
    Raises Malformed. Spec: room version pages, Event format; client-server, Size limits.
    """
    if event_id is not None:
        return _event(_decoded_fields(pdu), event_id, pdu, version)
    try:
        received = _decode_object(pdu)
        received.pop("unsigned", None)
        fields = msgspec.convert(received, _Signed)
    except (msgspec.MsgspecError, RecursionError) as cause:
        raise Malformed(f"not an event: {cause}") from cause
    canonical = encode_canonical(received)
    check_pdu_size(canonical)
    event = _event(fields, event_id_from(reference_hash(received, version)), canonical, version)
    check_limits(event)
    return event


def redact_event(event: Event, version: RoomVersion) -> Event:
    """The event as redaction leaves it: same id, pruned content and bytes. Spec: room version pages, Redactions."""
    pruned = encode_canonical(redact_pdu(_decode_object(event.pdu), version))
    return parse_pdu(pruned, version, event.event_id)


def _decoded_fields(pdu: bytes) -> _Fields:
    try:
        return _decode_fields(pdu)
    except msgspec.MsgspecError as cause:
        raise Malformed(f"not an event: {cause}") from cause


def _event(fields: _Fields, event_id: EventId, pdu: bytes, version: RoomVersion) -> Event:
    return Event(
        event_id,
        _room_id(fields, event_id, version),
        fields.type,
        fields.sender,
        fields.state_key,
        fields.origin_server_ts,
        fields.content,
        fields.depth,
        fields.prev_events,
        fields.auth_events,
        redaction_target(fields.type, fields.content, fields.redacts, version),
        pdu,
    )


def _room_id(fields: _Fields, event_id: EventId, version: RoomVersion) -> RoomId:
    if fields.room_id is not None:
        return fields.room_id
    if version.room_id_is_create_hash and fields.type == "m.room.create":
        return RoomId("!" + event_id[1:])
    raise Malformed("not an event: no room_id")
