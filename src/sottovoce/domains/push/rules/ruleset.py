"""Pure rules of a person's push rules: what they are beside the predefined ones, and how they may be changed.

Stored is only what a person changed, so that predefined rules can be those of the present program.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import UNSET

from sottovoce.protocol.ids import UserId
from sottovoce.protocol.push_rules import (
    KINDS,
    MASTER,
    PREDEFINED,
    Notice,
    Rule,
    Ruleset,
    notice_of,
    shown_to,
    why_not_a_condition,
)

from ..model import (
    BadPushRule,
    OwnRules,
    PushRuleIncomplete,
    PushRuleNotFound,
    PutRule,
    RelatedRuleNotFound,
    RuleChange,
    Scope,
)

OWN_RULES_MAX = 1000
OWN_RULES_MAX_BYTES = 256 * 1024
SOUGHT_PATTERNS_MAX = 200
SOUGHT_PATTERNS_MAX_CHARACTERS = 4_096
"""Of all patterns of a person that are sought in texts, together: each message in their rooms is searched for all."""
CONDITIONS_MAX = 20
ACTIONS_MAX = 20
RULE_ID_MAX_BYTES = 255
_BODY = "content.body"
_WITH_CONDITIONS = ("override", "underride")
_FORMER_ACTIONS = ("dont_notify", "coalesce")
"""They mean nothing any more. Spec: client-server, Historical Actions."""

_encode = msgspec.json.Encoder().encode
_PREDEFINED_BY_ID = {rule.rule_id: (kind, rule) for kind, rules in PREDEFINED.items() for rule in rules}


def merged(own: OwnRules) -> dict[str, list[Rule]]:
    """All rules of a person, by kind: the master switch, their own, the predefined. Spec: ditto, Predefined Rules."""
    ruleset = {}
    for kind in KINDS:
        predefined = [_changed(rule, own.changes.get(rule.rule_id)) for rule in PREDEFINED[kind]]
        masters = [rule for rule in predefined if rule.rule_id == MASTER]
        ruleset[kind] = [*masters, *own.rules.get(kind, ()), *(rule for rule in predefined if rule.rule_id != MASTER)]
    return ruleset


def shown(own: OwnRules, user_id: UserId) -> dict[str, list[Rule]]:
    """All rules of this person, as clients read them."""
    return {kind: shown_to(user_id, rules) for kind, rules in merged(own).items()}


def find_rule(ruleset: Ruleset, kind: str, rule_id: str) -> Rule:
    """The rule of this kind and id. Raises PushRuleNotFound."""
    found = next((rule for rule in ruleset.get(kind, ()) if rule.rule_id == rule_id), None)
    if found is None:
        raise PushRuleNotFound
    return found


def with_rule(own: OwnRules, put: PutRule) -> OwnRules:
    """The rule is there; a new one above all others of its kind, if its place is not said. An old one stays enabled or
    not, and where it is.

    Raises BadPushRule, PushRuleIncomplete, RelatedRuleNotFound. Spec: PUT /pushrules/global/{kind}/{ruleId}.
    """
    _check(put)
    rules = list(own.rules.get(put.kind, ()))
    index = next((number for number, rule in enumerate(rules) if rule.rule_id == put.rule_id), None)
    former = None if index is None else rules.pop(index)
    place = _place(rules, put)
    if place is None:
        place = 0 if index is None else index
    rules.insert(place, _rule(put, is_enabled=former is None or former.enabled))
    return _checked_size(msgspec.structs.replace(own, rules={**own.rules, put.kind: rules}))


def without_rule(own: OwnRules, kind: str, rule_id: str) -> OwnRules:
    """The rule of one's own is gone. Raises PushRuleNotFound, also for predefined ones."""
    rules = own.rules.get(kind, ())
    find_rule({kind: rules}, kind, rule_id)
    return msgspec.structs.replace(own, rules={**own.rules, kind: [rule for rule in rules if rule.rule_id != rule_id]})


def with_enabled(own: OwnRules, kind: str, rule_id: str, is_enabled: bool) -> OwnRules:
    """The rule, of one's own or predefined, is on or off. Raises PushRuleNotFound."""
    return _with_change(own, kind, rule_id, RuleChange(enabled=is_enabled))


def with_actions(own: OwnRules, kind: str, rule_id: str, actions: Sequence[object]) -> OwnRules:
    """The rule, of one's own or predefined, does this. Raises PushRuleNotFound, BadPushRule."""
    return _checked_size(_with_change(own, kind, rule_id, RuleChange(actions=checked_actions(actions))))


def checked_actions(actions: Sequence[object]) -> list[object]:
    """The actions, without those that mean nothing any more. Raises BadPushRule. Spec: client-server, Actions."""
    if len(actions) > ACTIONS_MAX:
        raise BadPushRule(f"a rule may have at most {ACTIONS_MAX} actions")
    kept = [action for action in actions if action not in _FORMER_ACTIONS]
    for action in kept:
        is_tweak = isinstance(action, dict) and isinstance(action.get("set_tweak"), str)
        if action != "notify" and not is_tweak:
            raise BadPushRule("an action must be notify, or an object with set_tweak")
    return kept


def scope_of(own: OwnRules) -> Scope:
    """In which rooms these rules may ask for another attention than the predefined ones do."""
    rooms: set[str] = set()
    for rule_id, change in own.changes.items():
        known = _PREDEFINED_BY_ID.get(rule_id)
        if known is not None and _effect(known[1]) != _effect(_changed(known[1], change)):
            return Scope(is_everywhere=True)
    for kind, rules in own.rules.items():
        for rule in rules:
            room = _only_room(kind, rule)
            if rule.enabled and room is None:
                return Scope(is_everywhere=True)
            if rule.enabled and room is not None:
                rooms.add(room.lower())
    return Scope(is_everywhere=False, rooms=frozenset(rooms))


def _effect(rule: Rule) -> Notice | None:
    return notice_of(rule.actions) if rule.enabled else None


def _only_room(kind: str, rule: Rule) -> str | None:
    if kind == "room":
        return rule.rule_id
    for condition in rule.conditions or ():
        pattern = condition.get("pattern")
        if condition.get("kind") == "event_match" and condition.get("key") == "room_id" and _is_plain(pattern):
            return str(pattern)
    return None


def _is_plain(pattern: object) -> bool:
    """Whether this matches one text only, in whatever case."""
    return isinstance(pattern, str) and not {"*", "?"} & set(pattern)


def _changed(rule: Rule, change: RuleChange | None) -> Rule:
    if change is None:
        return rule
    is_enabled = rule.enabled if change.enabled is None else change.enabled
    actions = rule.actions if change.actions is None else change.actions
    return msgspec.structs.replace(rule, enabled=is_enabled, actions=actions)


def _with_change(own: OwnRules, kind: str, rule_id: str, change: RuleChange) -> OwnRules:
    rules = own.rules.get(kind, ())
    if any(rule.rule_id == rule_id for rule in rules):
        changed = [_changed(rule, change if rule.rule_id == rule_id else None) for rule in rules]
        return msgspec.structs.replace(own, rules={**own.rules, kind: changed})
    predefined = find_rule(PREDEFINED, kind, rule_id)
    former = own.changes.get(rule_id, RuleChange())
    whole = _changed(_changed(predefined, former), change)
    kept = RuleChange(
        enabled=None if whole.enabled == predefined.enabled else whole.enabled,
        actions=None if _encode(whole.actions) == _encode(predefined.actions) else whole.actions,
    )
    changes = {name: each for name, each in own.changes.items() if name != rule_id}
    if kept != RuleChange():
        changes[rule_id] = kept
    return msgspec.structs.replace(own, changes=changes)


def _check(put: PutRule) -> None:
    if put.kind not in KINDS:
        raise BadPushRule(f"the kind of a rule must be one of {', '.join(KINDS)}")
    if put.rule_id.startswith("."):
        raise BadPushRule("a rule_id that begins with a dot is a predefined rule's")
    if "/" in put.rule_id or "\\" in put.rule_id:
        raise BadPushRule("a rule_id holds no slashes")
    if len(put.rule_id.encode()) > RULE_ID_MAX_BYTES:
        raise BadPushRule(f"a rule_id may have at most {RULE_ID_MAX_BYTES} bytes")
    if put.kind == "content" and put.pattern is None:
        raise PushRuleIncomplete("a rule of kind content must have a pattern")
    if len(put.conditions or ()) > CONDITIONS_MAX:
        raise BadPushRule(f"a rule may have at most {CONDITIONS_MAX} conditions")
    _check_patterns(list(_sought([put])))
    for condition in put.conditions or ():
        why = why_not_a_condition(condition)
        if why is not None:
            raise BadPushRule(why)


def _rule(put: PutRule, *, is_enabled: bool) -> Rule:
    return Rule(
        rule_id=put.rule_id,
        default=False,
        enabled=is_enabled,
        actions=checked_actions(put.actions),
        conditions=list(put.conditions or ()) if put.kind in _WITH_CONDITIONS else UNSET,
        pattern=put.pattern if put.kind == "content" and put.pattern is not None else UNSET,
    )


def _place(rules: Sequence[Rule], put: PutRule) -> int | None:
    """Where among the others the rule is to stand; None: nothing was said of it."""
    for related, beyond in ((put.before, 0), (put.after, 1)):
        if related is not None:
            place = next((number for number, rule in enumerate(rules) if rule.rule_id == related), None)
            if place is None:
                raise RelatedRuleNotFound
            return place + beyond
    return None


def _checked_size(own: OwnRules) -> OwnRules:
    rules = [rule for kind in own.rules.values() for rule in kind]
    if len(rules) > OWN_RULES_MAX or len(_encode(own)) > OWN_RULES_MAX_BYTES:
        raise BadPushRule("these are more rules than one person may have")
    _check_patterns(list(_sought(rules)))
    return own


def _check_patterns(sought: Sequence[str]) -> None:
    if len(sought) > SOUGHT_PATTERNS_MAX or sum(map(len, sought)) > SOUGHT_PATTERNS_MAX_CHARACTERS:
        raise BadPushRule(
            f"one person's rules may look for at most {SOUGHT_PATTERNS_MAX} patterns in texts, which have together"
            f" at most {SOUGHT_PATTERNS_MAX_CHARACTERS} characters"
        )


def _sought(rules: Iterable[Rule | PutRule]) -> Iterable[str]:
    """The patterns that are more than a comparison of two texts."""
    for rule in rules:
        said: list[Mapping[str, object]] = [{"pattern": rule.pattern, "key": _BODY}, *(rule.conditions or ())]
        for each in said:
            pattern = each.get("pattern")
            if isinstance(pattern, str) and (each.get("key") == _BODY or not _is_plain(pattern)):
                yield pattern
