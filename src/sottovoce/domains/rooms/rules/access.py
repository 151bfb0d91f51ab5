"""Who may come into a room, and which servers may take part in it."""

import re
from collections.abc import Iterable, Mapping

from sottovoce.protocol.events import Event
from sottovoce.protocol.globs import glob_matches
from sottovoce.protocol.ids import MAX_ID_BYTES, RoomId, UserId, is_room_id
from sottovoce.protocol.power import PowerLevels

from ..model import InvalidParam

_PORT = re.compile(r":[0-9]+$")
_IP_LITERAL = re.compile(r"\[.*\]|[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_RESTRICTED = ("restricted", "knock_restricted")


def admitting_rooms(join_rules: Event | None) -> list[RoomId]:
    """The rooms whose members may come in without being invited. Spec: client-server, Restricted rooms."""
    if join_rules is None or join_rules.content.get("join_rule") not in _RESTRICTED:
        return []
    allow = join_rules.content.get("allow")
    conditions = [each for each in allow if isinstance(each, dict)] if isinstance(allow, list) else []
    named = (each.get("room_id") for each in conditions if each.get("type") == "m.room_membership")
    return [RoomId(str(room_id)) for room_id in named if is_room_id(room_id)]


def authoriser(levels: PowerLevels, candidates: Iterable[UserId]) -> UserId | None:
    """Somebody among these members who may invite, and so may stand for a join that nobody invited to; or None.

    Spec: room version 8, Authorisation rules.
    """
    return next((user for user in candidates if levels.of_user(user) >= levels.to_invite), None)


def check_server_acl(content: Mapping[str, object], server: str) -> None:
    """Nothing is wrong with a server access list, and it does not lock out the server it is set on.

    Raises InvalidParam. Spec: client-server, Server Access Control Lists.
    """
    for name in ("allow", "deny"):
        patterns = content.get(name, [])
        if not isinstance(patterns, list) or not all(isinstance(each, str) for each in patterns):
            raise InvalidParam(f"{name} of a server access list is a list of texts")
    if not isinstance(content.get("allow_ip_literals", True), bool):
        raise InvalidParam("allow_ip_literals of a server access list is true or false")
    if not _acl_lets_in(content, _PORT.sub("", server)):
        raise InvalidParam("a server access list may not lock out the server it is set on")


def _acl_lets_in(content: Mapping[str, object], host: str) -> bool:
    """Whether this server, named without its port, may take part in the room."""
    if content.get("allow_ip_literals") is False and _IP_LITERAL.fullmatch(host):
        return False
    denied, allowed = (content.get(name) for name in ("deny", "allow"))
    if isinstance(denied, list) and any(_names(pattern, host) for pattern in denied):
        return False
    return isinstance(allowed, list) and any(_names(pattern, host) for pattern in allowed)


def _names(pattern: object, host: str) -> bool:
    return isinstance(pattern, str) and len(pattern) <= MAX_ID_BYTES and glob_matches(pattern.lower(), host.lower())
