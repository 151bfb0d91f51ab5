"""Small fittings where one domain exists before another that it has to tell something."""

from typing import Any

from msgspec import UNSET

from sottovoce.domains.presence.service import Presence, Typing
from sottovoce.domains.push.model import PushRuleNotFound, PutRule
from sottovoce.domains.push.service import PushRules
from sottovoce.protocol.ids import RoomId, UserId


async def carry_push_rules(push_rules: PushRules, user_id: UserId, old: RoomId, new: RoomId) -> None:
    """What the person said of notifications from the old room holds for the new one too, if they said nothing of it."""
    for kind in ("override", "room"):
        try:
            rule = await push_rules.find(user_id, kind, old)
        except PushRuleNotFound:
            continue
        try:
            await push_rules.find(user_id, kind, new)
        except PushRuleNotFound:
            conditions = None if kind == "room" or rule.conditions is UNSET else _about(rule.conditions, old, new)
            await push_rules.put(user_id, PutRule(kind=kind, rule_id=new, actions=rule.actions, conditions=conditions))
            if not rule.enabled:
                await push_rules.set_enabled(user_id, kind, new, is_enabled=False)


def _about(conditions: list[dict[str, Any]], old: RoomId, new: RoomId) -> list[dict[str, Any]]:
    return [
        condition | {name: new for name in ("pattern", "value") if condition.get(name) == old}
        for condition in conditions
    ]


class AttentionRelay:
    """Implements rooms.ports.Attention. Rooms come before typing and presence, which need them, and join it later."""

    def __init__(self) -> None:
        self._listeners: tuple[Typing, Presence] | None = None

    def connect(self, typing: Typing, presence: Presence) -> None:
        """From now on both are told."""
        self._listeners = (typing, presence)

    def sent(self, room_id: RoomId, user_id: UserId) -> None:
        if self._listeners is not None:
            typing, presence = self._listeners
            typing.stopped(room_id, user_id)
            presence.active(user_id)
