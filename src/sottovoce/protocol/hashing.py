"""The two hashes of an event, and its id. Spec: server-server, Signing Events."""

from collections.abc import Mapping
from hashlib import sha256

from sottovoce.protocol.canonical_json import encode_canonical
from sottovoce.protocol.ids import EventId
from sottovoce.protocol.redaction import redact_pdu
from sottovoce.protocol.room_versions import RoomVersion
from sottovoce.protocol.unpadded_base64 import encode_base64_urlsafe

_OUTSIDE_CONTENT_HASH = frozenset({"unsigned", "signatures", "hashes"})
_OUTSIDE_REFERENCE_HASH = frozenset({"unsigned", "signatures"})


def content_hash(pdu: Mapping[str, object]) -> bytes:
    """SHA-256 of the whole event, unredacted. Raises Malformed. Spec: server-server, Calculating the content hash."""
    return sha256(_canonical_without(pdu, _OUTSIDE_CONTENT_HASH)).digest()


def reference_hash(pdu: Mapping[str, object], version: RoomVersion) -> bytes:
    """SHA-256 of what survives redaction. Raises Malformed. Spec: server-server, Calculating the reference hash."""
    return sha256(_canonical_without(redact_pdu(pdu, version), _OUTSIDE_REFERENCE_HASH)).digest()


def event_id_from(hash_: bytes) -> EventId:
    """The event id made from a reference hash. Spec: room version 4, Event IDs."""
    return EventId("$" + encode_base64_urlsafe(hash_))


def _canonical_without(pdu: Mapping[str, object], left_out: frozenset[str]) -> bytes:
    return encode_canonical({key: value for key, value in pdu.items() if key not in left_out})
