"""Rule 5.4.1: invitations of someone known only by an address elsewhere, proved by a signature over their user id."""

from collections.abc import Iterator, Mapping

from sottovoce.protocol.auth_rules.selection import third_party_token
from sottovoce.protocol.auth_rules.view import RoomView
from sottovoce.protocol.errors import Malformed, Refusal
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import UserId
from sottovoce.protocol.signing import verify_json
from sottovoce.protocol.unpadded_base64 import decode_base64


def check_third_party_invite(event: Event, target: UserId, room: RoomView) -> Refusal | None:
    """Judge an invitation that answers an `m.room.third_party_invite`; None allows it. Spec: rule 5.4.1."""
    if room.membership(target) == "ban":  # 5.4.1.1
        return room.refuse("5.4.1.1", "the user is banned")
    invite = event.content["third_party_invite"]
    signed = invite.get("signed") if isinstance(invite, dict) else None
    if not isinstance(signed, dict):  # 5.4.1.2
        return room.refuse("5.4.1.2", "the third-party invite is not signed")
    token = third_party_token(event.content)
    if token is None or "mxid" not in signed:  # 5.4.1.3
        return room.refuse("5.4.1.3", "the signed part names no user or no token")
    if signed["mxid"] != target:  # 5.4.1.4
        return room.refuse("5.4.1.4", "the signed part names another user")
    invitation = room.state.get(("m.room.third_party_invite", token))
    if invitation is None:  # 5.4.1.5
        return room.refuse("5.4.1.5", "the room knows no such third-party invite")
    if invitation.sender != event.sender:  # 5.4.1.6
        return room.refuse("5.4.1.6", "the third-party invite is another sender's")
    if _any_signature_fits(signed, invitation.content):  # 5.4.1.7
        return None
    return room.refuse("5.4.1.8", "no signature by a key of the third-party invite")


def _any_signature_fits(signed: Mapping[str, object], invitation: Mapping[str, object]) -> bool:
    keys = list(_public_keys(invitation))
    return any(verify_json(signed, server, key_id, key) for server, key_id in _signature_names(signed) for key in keys)


def _signature_names(signed: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    signatures = signed.get("signatures")
    for server, by_key in signatures.items() if isinstance(signatures, dict) else ():
        for key_id in by_key if isinstance(by_key, dict) else ():
            yield server, key_id


def _public_keys(invitation: Mapping[str, object]) -> Iterator[bytes]:
    listed = invitation.get("public_keys")
    entries = [invitation, *(listed if isinstance(listed, list) else ())]
    for entry in entries:
        text = entry.get("public_key") if isinstance(entry, dict) else None
        if isinstance(text, str):
            try:
                yield decode_base64(text)
            except Malformed:
                continue
