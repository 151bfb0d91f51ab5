"""Drafts become events: hashed, signed, named. Spec: server-server, Adding hashes and signatures.

The content is encoded once and its bytes reused for each of the three encodings (hashed, signed, final).
What is signed is also what the reference hash covers, so one encoding gives signature and event id.
"""

from hashlib import sha256

import msgspec
from msgspec import UNSET, Raw, UnsetType

from sottovoce.protocol.canonical_json import encode_canonical
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.events.model import (
    Draft,
    Event,
    check_limits,
    check_pdu_size,
    redaction_target,
)
from sottovoce.protocol.hashing import event_id_from
from sottovoce.protocol.ids import EventId, RoomId, UserId
from sottovoce.protocol.redaction import redact_content
from sottovoce.protocol.room_versions import RoomVersion
from sottovoce.protocol.signing import Signer
from sottovoce.protocol.unpadded_base64 import encode_base64

_encode = msgspec.json.Encoder(order="sorted").encode


class _Pdu(msgspec.Struct):
    """The event as it travels; fields stand in canonical order, so encoding one is canonical JSON."""

    auth_events: tuple[EventId, ...]
    content: Raw
    depth: int
    hashes: dict[str, str] | UnsetType
    origin_server_ts: int
    prev_events: tuple[EventId, ...]
    redacts: EventId | UnsetType
    room_id: RoomId | UnsetType
    sender: UserId
    signatures: dict[str, dict[str, str]] | UnsetType
    state_key: str | UnsetType
    type: str


def build_event(draft: Draft, version: RoomVersion, signer: Signer) -> Event:
    """Turn a draft into a complete event: content hash, signature, event id, canonical bytes.

    Raises Malformed if a field or the whole is too large, or the content has no canonical form.
    Spec: server-server, Adding hashes and signatures to outgoing events; room version pages, Event IDs.
    """
    check_limits(draft)
    _check_room_id(draft, version)
    content = _content_with_target(draft, version)
    content_bytes = encode_canonical(content)
    pdu = _unsigned_pdu(draft, content_bytes, version)
    pdu.hashes = {"sha256": encode_base64(sha256(_encode(pdu)).digest())}
    essential = _essential_bytes(pdu, redact_content(draft.type, content, version))
    event_id = event_id_from(sha256(essential).digest())
    pdu.signatures = {signer.server: {signer.key_id: signer.sign(essential)}}
    pdu_bytes = _encode(pdu)
    check_pdu_size(pdu_bytes)
    return Event(
        event_id,
        draft.room_id or RoomId("!" + event_id[1:]),
        draft.type,
        draft.sender,
        draft.state_key,
        draft.origin_server_ts,
        content,
        draft.depth,
        draft.prev_events,
        draft.auth_events,
        redaction_target(draft.type, content, draft.redacts, version),
        pdu_bytes,
    )


def _check_room_id(draft: Draft, version: RoomVersion) -> None:
    names_itself = version.room_id_is_create_hash and draft.type == "m.room.create"
    if names_itself != (draft.room_id is None):
        raise Malformed("only the create event of a room named by its hash is without room_id, and always is")


def _content_with_target(draft: Draft, version: RoomVersion) -> dict[str, object]:
    if draft.redacts is not None and draft.type != "m.room.redaction":
        raise Malformed("only a redaction redacts")
    if draft.redacts is not None and version.redacts_in_content:
        return {**draft.content, "redacts": draft.redacts}
    return draft.content


def _unsigned_pdu(draft: Draft, content: bytes, version: RoomVersion) -> _Pdu:
    return _Pdu(
        draft.auth_events,
        Raw(content),
        draft.depth,
        UNSET,
        draft.origin_server_ts,
        draft.prev_events,
        UNSET if draft.redacts is None or version.redacts_in_content else draft.redacts,
        UNSET if draft.room_id is None else draft.room_id,
        draft.sender,
        UNSET,
        UNSET if draft.state_key is None else draft.state_key,
        draft.type,
    )


def _essential_bytes(pdu: _Pdu, redacted_content: dict[str, object]) -> bytes:
    """The redacted event without signatures; every field but `redacts` and most of the content survives redaction."""
    content, redacts = pdu.content, pdu.redacts
    pdu.content, pdu.redacts = Raw(_encode(redacted_content)), UNSET
    essential = _encode(pdu)
    pdu.content, pdu.redacts = content, redacts
    return essential
