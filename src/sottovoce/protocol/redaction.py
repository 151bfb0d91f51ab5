"""What is left of an event once its content has been taken back. Spec: room version pages, Redactions."""

from collections.abc import Mapping

from sottovoce.protocol.room_versions import RoomVersion


def redact_pdu(pdu: Mapping[str, object], version: RoomVersion) -> dict[str, object]:
    """A copy of the event with only the keys that survive redaction. Spec: room version pages, Redactions."""
    kept = {key: value for key, value in pdu.items() if key in version.redaction.event_keys}
    event_type, content = pdu.get("type"), pdu.get("content")
    if isinstance(event_type, str) and isinstance(content, dict):
        kept["content"] = redact_content(event_type, content, version)
    return kept


def redact_content(event_type: str, content: dict[str, object], version: RoomVersion) -> dict[str, object]:
    """The part of an event's content that survives redaction; the same object where all of it does."""
    keys = version.redaction.content_keys.get(event_type, frozenset())
    if keys is None:
        return content
    kept = {key: value for key, value in content.items() if key in keys}
    if event_type == "m.room.member" and version.redaction.keeps_third_party_signature:
        invite = content.get("third_party_invite")
        if isinstance(invite, dict):
            kept["third_party_invite"] = {"signed": invite["signed"]} if "signed" in invite else {}
    return kept
