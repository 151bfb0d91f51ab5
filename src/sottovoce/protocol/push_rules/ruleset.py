"""Rules in their order, and the first of them that matches an event. Spec: client-server, Push Rules."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import UserId

from .conditions import Circumstances, Condition, body_matches, condition_of, room_is, sender_is
from .notices import Notice

KINDS = ("override", "content", "room", "sender", "underride")
"""In the order in which they are checked."""
MASTER = ".m.rule.master"
"""The one predefined rule that comes before those of people's own."""
THE_USER = "\0user"
"""Stands in predefined rules for the id of the person whose rules they are; no event can hold it."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, as clients read it."""

    rule_id: str
    default: bool
    enabled: bool
    actions: list[Any]
    conditions: list[dict[str, Any]] | UnsetType = UNSET
    pattern: str | UnsetType = UNSET


Ruleset = Mapping[str, Sequence[Rule]]
"""Rules by kind, the most important first."""


def notice_of(actions: Iterable[object]) -> Notice:
    """The attention that actions ask for. Spec: client-server, Actions."""
    if "notify" not in (told := list(actions)):
        return Notice.NONE
    return Notice.HIGHLIGHT if tweaks_of(told).get("highlight", False) is not False else Notice.NOTIFY


def tweaks_of(actions: Iterable[object]) -> dict[str, object]:
    """The tweaks that actions set; highlight without a value is true. Spec: client-server, Actions."""
    tweaks: dict[str, object] = {}
    for action in actions:
        if isinstance(action, dict) and isinstance(name := action.get("set_tweak"), str):
            if "value" in action:
                tweaks[name] = action["value"]
            elif name == "highlight":
                tweaks[name] = True
    return tweaks


def shown_to(user_id: UserId, rules: Iterable[Rule]) -> list[Rule]:
    """The rules with the person's id in the places of it."""
    return [_naming(rule, user_id) for rule in rules]


class Matcher:
    """A ruleset, ready to be asked."""

    __slots__ = ("_rules",)

    def __init__(self, ruleset: Ruleset) -> None:
        self._rules = [
            (rule, _conditions(kind, rule)) for kind in KINDS for rule in ruleset.get(kind, ()) if rule.enabled
        ]

    def match(self, event: Event, around: Circumstances) -> Rule | None:
        """The most important rule that matches; None: none does. The person's own events are not looked at here."""
        for rule, conditions in self._rules:
            if all(holds(event, around) for holds in conditions):
                return rule
        return None

    def notice(self, event: Event, around: Circumstances) -> Notice:
        """The attention the event asks of the person; of its sender, none. Spec: client-server, Push Rules."""
        rule = None if event.sender == around.user_id else self.match(event, around)
        return Notice.NONE if rule is None else notice_of(rule.actions)


def _conditions(kind: str, rule: Rule) -> list[Condition]:
    if kind == "room":
        return [room_is(rule.rule_id)]
    if kind == "sender":
        return [sender_is(rule.rule_id)]
    if kind == "content":
        return [body_matches("" if rule.pattern is UNSET else rule.pattern)]
    return [_condition(said) for said in rule.conditions or ()]


def _condition(said: Mapping[str, object]) -> Condition:
    if said.get("pattern") == THE_USER and said.get("key") == "state_key":
        return lambda event, around: event.state_key is not None and event.state_key == around.user_id
    if said.get("value") == THE_USER:
        return _is_mentioned
    return condition_of(said)


def _is_mentioned(event: Event, around: Circumstances) -> bool:
    mentions = event.content.get("m.mentions")
    users = mentions.get("user_ids") if isinstance(mentions, dict) else None
    return isinstance(users, list) and around.user_id in users


def _naming(rule: Rule, user_id: UserId) -> Rule:
    if rule.conditions is UNSET or not rule.default:
        return rule
    conditions = [
        {name: user_id if value == THE_USER else value for name, value in said.items()} for said in rule.conditions
    ]
    return msgspec.structs.replace(rule, conditions=conditions)
