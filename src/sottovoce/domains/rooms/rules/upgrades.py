"""What of a room its successor takes over, and how. Spec: client-server, Room upgrades."""

from collections.abc import Iterable, Mapping

from sottovoce.protocol.ids import RoomId, UserId
from sottovoce.protocol.room_versions import RoomVersion

CREATOR_LEVEL = 100
TOMBSTONE_LEVEL = 150
"""Where creators outrank everybody: above what anybody sets state with. Spec: client-server, POST /createRoom."""
QUIET_LEVEL = 50

_TOMBSTONE = "m.room.tombstone"
_OPENED = {"invite": "restricted", "knock": "knock_restricted"}
_WITH_CONDITIONS = ("restricted", "knock_restricted")

Content = dict[str, object]


def following_join_rule(content: Mapping[str, object], old: RoomId) -> Content:
    """The join rule of a successor: that of the old room, and its members may come in by themselves."""
    rule, allow = content.get("join_rule"), content.get("allow")
    condition = {"type": "m.room_membership", "room_id": old}
    if rule in ("invite", "knock"):
        return {"join_rule": _OPENED[str(rule)], "allow": [condition]}
    if rule in _WITH_CONDITIONS:
        conditions = allow if isinstance(allow, list) else []
        return {**content, "allow": [*conditions, condition]}
    return dict(content)


def successor_levels(
    content: Mapping[str, object], version: RoomVersion, creators: Iterable[UserId], founders: Iterable[str]
) -> Content:
    """The power levels of a successor: those of the old room, written as its version wants them.

    creators: of the successor, where creators need no level nor may have one. founders: of an old room in which they
    needed none; where the successor knows no such thing they get a level.
    """
    levels, users = dict(content), _table(content.get("users"))
    if version.creators_outrank_everyone:
        levels["users"] = {user: level for user, level in users.items() if user not in set(creators)}
        events, state_default = _table(content.get("events")), _number(content.get("state_default"), 50)
        if _number(events.get(_TOMBSTONE), 0) <= state_default:
            levels["events"] = {**events, _TOMBSTONE: max(TOMBSTONE_LEVEL, state_default + 1)}
        return levels
    top = highest_level(content)
    levels["users"] = {**users, **dict.fromkeys(founders, top)}
    return levels


def starting_levels(wanted: Mapping[str, object], version: RoomVersion, creator: UserId) -> Content:
    """Power levels under which the creator may set all of the successor's state, before `wanted` comes last."""
    if version.creators_outrank_everyone:
        return dict(wanted)
    return {**wanted, "users": {creator: highest_level(wanted)}}


def quiet_levels(content: Mapping[str, object]) -> Content:
    """The power levels of a room that has been replaced: only who has power speaks there or invites."""
    floor = max(QUIET_LEVEL, _number(content.get("users_default"), 0) + 1)
    raised = {name: max(_number(content.get(name), 0), floor) for name in ("events_default", "invite")}
    return {**content, **raised}


def highest_level(content: Mapping[str, object]) -> int:
    """The highest level named anywhere in a power levels event, or CREATOR_LEVEL if that is higher."""
    numbers = [value for value in content.values() if type(value) is int]
    for name in ("users", "events", "notifications"):
        numbers += [value for value in _table(content.get(name)).values() if type(value) is int]
    return max([CREATOR_LEVEL, *numbers])


def _table(value: object) -> Content:
    return value if isinstance(value, dict) else {}


def _number(value: object, default: int) -> int:
    return value if type(value) is int else default
