"""Which events give the sender permission, and whether an event names just those.

Spec: server-server, Auth events selection.
"""

from collections.abc import Collection, Iterable, Mapping

from sottovoce.protocol.auth_rules.numbers import refuse
from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import EventId, UserId
from sottovoce.protocol.room_versions import RoomVersion

_CREATE = ("m.room.create", "")
_JOIN_RULED = ("join", "invite", "knock")


def needed_for(
    event_type: str,
    sender: UserId,
    state_key: str | None,
    content: Mapping[str, object],
    version: RoomVersion,
) -> list[tuple[str, str]]:
    """The (type, state key) pairs of state whose events, where they exist, become the event's `auth_events`.

    The same pairs and the create event are all that `check` reads. Spec: server-server, Auth events selection.
    """
    if event_type == "m.room.create":
        return []
    needed = [("m.room.power_levels", ""), ("m.room.member", sender)]
    if not version.room_id_is_create_hash:
        needed.insert(0, _CREATE)
    if event_type == "m.room.member" and state_key is not None:
        needed.extend(_needed_for_member(state_key, content))
        return list(dict.fromkeys(needed))
    return needed


def check_auth_events(
    event: Event,
    auth_events: Iterable[Event],
    version: RoomVersion,
    rejected: Collection[EventId] = frozenset(),
) -> Refusal | None:
    """Judge the `auth_events` an event names, for events received from other servers.

    auth_events: the events themselves. rejected: ids among them that were rejected before. Spec: rule 3.
    """
    allowed = set(needed_for(event.type, event.sender, event.state_key, event.content, version))
    seen: set[tuple[str, str | None]] = set()
    for auth_event in auth_events:
        pair = (auth_event.type, auth_event.state_key)
        if pair in seen:  # 3.1
            return refuse(version, "3.1", f"two auth events for {pair}")
        seen.add(pair)
        if pair not in allowed:  # 3.2
            return refuse(version, "3.2", f"{pair} is no auth event for this event")
        if auth_event.event_id in rejected:  # 3.3
            return refuse(version, "3.3", "an auth event was itself rejected")
        if auth_event.room_id != event.room_id:  # 3.4
            return refuse(version, "3.4", "an auth event is of another room")
    if _CREATE in allowed and _CREATE not in seen:  # 2.4 up to version 11
        return Refusal("2.4", "the create event is not among the auth events")
    return None


def _needed_for_member(target: str, content: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    membership = content.get("membership")
    yield "m.room.member", target
    if membership in _JOIN_RULED:
        yield "m.room.join_rules", ""
    if membership == "invite":
        token = third_party_token(content)
        if token is not None:
            yield "m.room.third_party_invite", token
    authoriser = content.get("join_authorised_via_users_server")
    if membership == "join" and isinstance(authoriser, str):
        yield "m.room.member", authoriser


def third_party_token(content: Mapping[str, object]) -> str | None:
    """The token of the third-party invite an invitation answers, if it answers one."""
    invite = content.get("third_party_invite")
    signed = invite.get("signed") if isinstance(invite, dict) else None
    token = signed.get("token") if isinstance(signed, dict) else None
    return token if isinstance(token, str) else None
