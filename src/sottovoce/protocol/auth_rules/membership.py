"""Rule 5: who may become what in a room."""

import msgspec

from sottovoce.protocol.auth_rules.third_party import check_third_party_invite
from sottovoce.protocol.auth_rules.view import RoomView
from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import UserId, is_user_id, server_of

_HERE_OR_INVITED = frozenset({"join", "invite"})


class _Signatures(msgspec.Struct):
    signatures: dict[str, dict[str, str]]


_decode_signatures = msgspec.json.Decoder(_Signatures).decode


def check_member(event: Event, room: RoomView) -> Refusal | None:
    """Judge a membership event; None allows it. Spec: rule 5."""
    if event.state_key is None or "membership" not in event.content:  # 5.1
        return room.refuse("5.1", "no state key or no membership")
    if "join_authorised_via_users_server" in event.content and not _signed_by_authoriser(event):  # 5.2.1
        return room.refuse("5.2.1", "not signed by the server that authorised the join")
    target = UserId(event.state_key)
    match event.content["membership"]:
        case "join":
            return _check_join(event, target, room)
        case "invite":
            return _check_invite(event, target, room)
        case "leave":
            return _check_leave(event, target, room)
        case "ban":
            return _check_ban(event, target, room)
        case "knock":
            return _check_knock(event, target, room)
    return room.refuse("5.8", "unknown membership")


def _check_join(event: Event, target: UserId, room: RoomView) -> Refusal | None:
    if event.prev_events == (room.create.event_id,) and target == _first_member(room):  # 5.3.1
        return None
    if event.sender != target:  # 5.3.2
        return room.refuse("5.3.2", "nobody joins for another")
    membership = room.membership(target)
    if membership == "ban":  # 5.3.3
        return room.refuse("5.3.3", "the user is banned")
    join_rule = room.join_rule()
    if join_rule == "public":  # 5.3.6
        return None
    if join_rule in ("invite", "knock", "restricted", "knock_restricted") and membership in _HERE_OR_INVITED:
        return None  # 5.3.4, 5.3.5.1
    if join_rule in ("restricted", "knock_restricted"):
        return _check_restricted_join(event, room)
    return room.refuse("5.3.7", f"join rule {join_rule!r} does not let the user in")


def _check_restricted_join(event: Event, room: RoomView) -> Refusal | None:
    authoriser = event.content.get("join_authorised_via_users_server")
    if (
        not isinstance(authoriser, str)
        or room.membership(authoriser) != "join"
        or room.power.of_user(UserId(authoriser)) < room.power.to_invite
    ):  # 5.3.5.2
        return room.refuse("5.3.5.2", "nobody who may invite authorised the join")
    return None  # 5.3.5.3


def _check_invite(event: Event, target: UserId, room: RoomView) -> Refusal | None:
    if "third_party_invite" in event.content:  # 5.4.1
        return check_third_party_invite(event, target, room)
    if room.membership(event.sender) != "join":  # 5.4.2
        return room.refuse("5.4.2", "the sender is not in the room")
    if room.membership(target) in ("join", "ban"):  # 5.4.3
        return room.refuse("5.4.3", "the user is in the room or banned")
    if room.power.of_user(event.sender) >= room.power.to_invite:  # 5.4.4
        return None
    return room.refuse("5.4.5", "the sender may not invite")


def _check_leave(event: Event, target: UserId, room: RoomView) -> Refusal | None:
    membership = room.membership(target)
    if event.sender == target:  # 5.5.1
        if membership in ("invite", "join", "knock"):
            return None
        return room.refuse("5.5.1", "the user is not in the room")
    if room.membership(event.sender) != "join":  # 5.5.2
        return room.refuse("5.5.2", "the sender is not in the room")
    level = room.power.of_user(event.sender)
    if membership == "ban" and level < room.power.to_ban:  # 5.5.3
        return room.refuse("5.5.3", "the sender may not lift a ban")
    if level >= room.power.to_kick and room.power.of_user(target) < level:  # 5.5.4
        return None
    return room.refuse("5.5.5", "the sender may not remove this user")


def _check_ban(event: Event, target: UserId, room: RoomView) -> Refusal | None:
    if room.membership(event.sender) != "join":  # 5.6.1
        return room.refuse("5.6.1", "the sender is not in the room")
    level = room.power.of_user(event.sender)
    if level >= room.power.to_ban and room.power.of_user(target) < level:  # 5.6.2
        return None
    return room.refuse("5.6.3", "the sender may not ban this user")


def _check_knock(event: Event, target: UserId, room: RoomView) -> Refusal | None:
    if room.join_rule() not in ("knock", "knock_restricted"):  # 5.7.1
        return room.refuse("5.7.1", "the room takes no knocks")
    if event.sender != target:  # 5.7.2
        return room.refuse("5.7.2", "nobody knocks for another")
    if room.membership(target) not in ("ban", "invite", "join"):  # 5.7.3
        return None
    return room.refuse("5.7.4", "the user is banned, invited or in the room")


def _first_member(room: RoomView) -> object:
    return room.create.content.get("creator") if room.version.create_names_creator else room.create.sender


def _signed_by_authoriser(event: Event) -> bool:
    """Whether a signature of the authorising server is there; that it is genuine is checked where events arrive."""
    authoriser = event.content["join_authorised_via_users_server"]
    if not isinstance(authoriser, str) or not is_user_id(authoriser):
        return False
    return bool(_decode_signatures(event.pdu).signatures.get(server_of(UserId(authoriser))))
