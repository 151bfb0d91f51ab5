"""What the predefined push rules make of an event, for people who changed none of them.

One event is judged once for the whole room; only those it names differ. Spec: client-server, Predefined Rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from sottovoce.protocol.events import Event
from sottovoce.protocol.power import PowerLevels


class Notice(IntEnum):
    """How much attention an event asks of someone."""

    NONE = 0
    NOTIFY = 1
    HIGHLIGHT = 2


_UNDERRIDE = frozenset({"m.call.invite", "m.room.message", "m.room.encrypted"})
_NOBODY: Mapping[str, Notice] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Notices:
    """The attention an event asks of everyone in a room, its sender excepted."""

    sender: str
    everyone: Notice
    by_user: Mapping[str, Notice]

    def of(self, user: str) -> Notice:
        """The attention it asks of one user."""
        return Notice.NONE if user == self.sender else self.by_user.get(user, self.everyone)


def default_notices(event: Event, power: PowerLevels) -> Notices:
    """Judge an event by the predefined rules, in their order.

    power: the levels in the room, for the right to notify everyone. Spec: client-server, Predefined Rules.
    """
    content = event.content
    if _is(content.get("msgtype"), "m.notice"):  # .m.rule.suppress_notices
        return Notices(event.sender, Notice.NONE, _NOBODY)
    if event.type.lower() == "m.room.member":  # .m.rule.invite_for_me, .m.rule.member_event
        is_invite = event.state_key is not None and _is(content.get("membership"), "invite")
        return Notices(event.sender, Notice.NONE, {str(event.state_key): Notice.NOTIFY} if is_invite else _NOBODY)
    mentions = content.get("m.mentions")
    if isinstance(mentions, dict):
        mentioned = _mentioned_users(mentions)  # .m.rule.is_user_mention
        if mentions.get("room") is True and power.of_user(event.sender) >= power.to_notify("room"):
            return Notices(event.sender, Notice.HIGHLIGHT, mentioned)  # .m.rule.is_room_mention
        return Notices(event.sender, _unmentioned(event), mentioned)
    return Notices(event.sender, _unmentioned(event), _NOBODY)


def default_notice(event: Event, for_user: str, power: PowerLevels) -> Notice:
    """The attention an event asks of one user. Spec: client-server, Predefined Rules."""
    return default_notices(event, power).of(for_user)


def _mentioned_users(mentions: Mapping[str, object]) -> Mapping[str, Notice]:
    users = mentions.get("user_ids")
    return {user: Notice.HIGHLIGHT for user in users if isinstance(user, str)} if isinstance(users, list) else _NOBODY


def _is(value: object, expected: str) -> bool:
    """As `event_match` compares: without regard to case."""
    return isinstance(value, str) and value.lower() == expected


def _unmentioned(event: Event) -> Notice:
    event_type = event.type.lower()
    if event_type == "m.room.tombstone" and event.state_key == "":  # .m.rule.tombstone
        return Notice.HIGHLIGHT
    relation = event.content.get("m.relates_to")
    if isinstance(relation, dict) and relation.get("rel_type") == "m.replace":  # .m.rule.suppress_edits
        return Notice.NONE
    # .m.rule.reaction and .m.rule.room.server_acl end where every other type does: nobody is told.
    return Notice.NOTIFY if event_type in _UNDERRIDE else Notice.NONE
