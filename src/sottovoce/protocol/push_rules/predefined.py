"""The predefined rules. Spec: client-server, Predefined Rules."""

from .ruleset import THE_USER, Rule, Ruleset

_Said = dict[str, object]

_NOTIFY: object = "notify"
_SOUND: object = {"set_tweak": "sound", "value": "default"}
_HIGHLIGHT: object = {"set_tweak": "highlight"}
_FOR_TWO: _Said = {"kind": "room_member_count", "is": "2"}
_MAY_NOTIFY_ROOM: _Said = {"kind": "sender_notification_permission", "key": "room"}


def _rule(name: str, conditions: list[_Said], actions: list[object], *, enabled: bool = True) -> Rule:
    return Rule(rule_id=f".m.rule.{name}", default=True, enabled=enabled, conditions=conditions, actions=actions)


def _is(key: str, pattern: str) -> _Said:
    return {"kind": "event_match", "key": key, "pattern": pattern}


def _has(key: str, value: object) -> _Said:
    return {"kind": "event_property_is", "key": key, "value": value}


_INVITES_USER = [_is("type", "m.room.member"), _is("content.membership", "invite"), _is("state_key", THE_USER)]
_MENTIONS_USER: _Said = {"kind": "event_property_contains", "key": "content.m\\.mentions.user_ids", "value": THE_USER}
_MENTIONS_ROOM = [_has("content.m\\.mentions.room", True), _MAY_NOTIFY_ROOM]

PREDEFINED: Ruleset = {
    "override": (
        _rule("master", [], [], enabled=False),
        _rule("suppress_notices", [_is("content.msgtype", "m.notice")], []),
        _rule("invite_for_me", _INVITES_USER, [_NOTIFY, _SOUND]),
        _rule("member_event", [_is("type", "m.room.member")], []),
        _rule("is_user_mention", [_MENTIONS_USER], [_NOTIFY, _SOUND, _HIGHLIGHT]),
        _rule("is_room_mention", _MENTIONS_ROOM, [_NOTIFY, _HIGHLIGHT]),
        _rule("tombstone", [_is("type", "m.room.tombstone"), _is("state_key", "")], [_NOTIFY, _HIGHLIGHT]),
        _rule("reaction", [_is("type", "m.reaction")], []),
        _rule("room.server_acl", [_is("type", "m.room.server_acl"), _is("state_key", "")], []),
        _rule("suppress_edits", [_has("content.m\\.relates_to.rel_type", "m.replace")], []),
    ),
    "content": (),
    "room": (),
    "sender": (),
    "underride": (
        _rule("call", [_is("type", "m.call.invite")], [_NOTIFY, {"set_tweak": "sound", "value": "ring"}]),
        _rule("encrypted_room_one_to_one", [_FOR_TWO, _is("type", "m.room.encrypted")], [_NOTIFY, _SOUND]),
        _rule("room_one_to_one", [_FOR_TWO, _is("type", "m.room.message")], [_NOTIFY, _SOUND]),
        _rule("message", [_is("type", "m.room.message")], [_NOTIFY]),
        _rule("encrypted", [_is("type", "m.room.encrypted")], [_NOTIFY]),
    ),
}
"""By kind, in their order; the person's id is written `THE_USER`."""
