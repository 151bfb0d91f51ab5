"""The room versions this server speaks. Spec: room versions 10, 11 and 12."""

from dataclasses import replace
from types import MappingProxyType

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.room_versions.record import RedactionRules, RoomVersion


class UnknownRoomVersion(Malformed):
    """A room version this server does not speak."""


_EVENT_KEYS = frozenset(
    [
        "event_id",
        "type",
        "room_id",
        "sender",
        "state_key",
        "content",
        "hashes",
        "signatures",
        "depth",
        "prev_events",
        "auth_events",
        "origin_server_ts",
    ]
)
_LEVEL_KEYS = frozenset(
    [
        "ban",
        "events",
        "events_default",
        "kick",
        "redact",
        "state_default",
        "users",
        "users_default",
    ]
)

_REDACTION_V9 = RedactionRules(
    event_keys=_EVENT_KEYS | {"origin", "membership", "prev_state"},
    content_keys=MappingProxyType(
        {
            "m.room.member": frozenset({"membership", "join_authorised_via_users_server"}),
            "m.room.create": frozenset({"creator"}),
            "m.room.join_rules": frozenset({"join_rule", "allow"}),
            "m.room.power_levels": _LEVEL_KEYS,
            "m.room.history_visibility": frozenset({"history_visibility"}),
        }
    ),
    keeps_third_party_signature=False,
)
_REDACTION_V11 = RedactionRules(
    event_keys=_EVENT_KEYS,
    content_keys=MappingProxyType(
        {
            **_REDACTION_V9.content_keys,
            "m.room.create": None,
            "m.room.power_levels": _LEVEL_KEYS | {"invite"},
            "m.room.redaction": frozenset({"redacts"}),
        }
    ),
    keeps_third_party_signature=True,
)

# Version 12 put a rule 2 in front and a rule 10.4 among the power level rules; before, those after count one less.
_RULES_BEFORE_V12 = MappingProxyType(
    {str(number): str(number - 1) for number in range(3, 12)}
    | {"3.3": "2.3", "3.4": "2.5"}
    | {f"10.{number}": f"9.{number - 1}" for number in range(5, 12)}
)

_V10 = RoomVersion(
    name="10",
    redaction=_REDACTION_V9,
    create_names_creator=True,
    redacts_in_content=False,
    room_id_is_create_hash=False,
    creators_outrank_everyone=False,
    rule_numbers=_RULES_BEFORE_V12,
)
_V11 = replace(
    _V10,
    name="11",
    redaction=_REDACTION_V11,
    create_names_creator=False,
    redacts_in_content=True,
)
_V12 = replace(
    _V11,
    name="12",
    room_id_is_create_hash=True,
    creators_outrank_everyone=True,
    rule_numbers=MappingProxyType({}),
)

ROOM_VERSIONS: MappingProxyType[str, RoomVersion] = MappingProxyType({v.name: v for v in (_V10, _V11, _V12)})


def room_version(name: str) -> RoomVersion:
    """The record of a room version. Raises UnknownRoomVersion. Spec: room versions."""
    try:
        return ROOM_VERSIONS[name]
    except KeyError:
        raise UnknownRoomVersion(f"room version {name!r} is not supported") from None
