"""The pure rules of changing one's push rules."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from sottovoce.domains.push.model import (
    BadPushRule,
    OwnRules,
    PushRuleIncomplete,
    PushRuleNotFound,
    PutRule,
    RelatedRuleNotFound,
)
from sottovoce.domains.push.rules import (
    checked_actions,
    find_rule,
    merged,
    scope_of,
    shown,
    with_actions,
    with_enabled,
    with_rule,
    without_rule,
)
from sottovoce.domains.push.rules import ruleset as module
from sottovoce.protocol.ids import UserId
from sottovoce.protocol.push_rules import PREDEFINED

ALICE = UserId("@alice:test")
NOTHING = OwnRules()
LONG = "?" * (module.SOUGHT_PATTERNS_MAX_CHARACTERS + 1)
IN_ROOM = {"kind": "event_match", "key": "room_id", "pattern": "!Room"}


def put(rule_id: str, kind: str = "override", **fields: Any) -> PutRule:
    return PutRule(kind=kind, rule_id=rule_id, **({"actions": ["notify"]} | fields))


def made(*puts: PutRule) -> OwnRules:
    own = NOTHING
    for each in puts:
        own = with_rule(own, each)
    return own


def names(own: OwnRules, kind: str = "override") -> list[str]:
    return [rule.rule_id for rule in own.rules.get(kind, ())]


def test_who_changed_nothing_has_the_predefined_rules() -> None:
    assert {kind: tuple(rules) for kind, rules in merged(NOTHING).items()} == PREDEFINED


def test_own_rules_stand_below_the_master_switch_and_above_the_predefined_ones() -> None:
    rules = merged(made(put("mine")))["override"]
    assert [rule.rule_id for rule in rules][:3] == [".m.rule.master", "mine", ".m.rule.suppress_notices"]
    under = merged(made(put("mine", "underride")))["underride"]
    assert [rule.rule_id for rule in under][:2] == ["mine", ".m.rule.call"]


def test_a_new_rule_is_the_most_important_of_its_kind_and_enabled() -> None:
    own = made(put("first"), put("second"), put("other", "underride"))
    assert names(own) == ["second", "first"]
    assert all(rule.enabled and not rule.default for rule in own.rules["override"])


def test_a_rule_goes_where_it_is_told() -> None:
    own = made(put("c"), put("b"), put("a"))
    assert names(with_rule(own, put("new", before="b"))) == ["a", "new", "b", "c"]
    assert names(with_rule(own, put("new", after="b"))) == ["a", "b", "new", "c"]
    assert names(with_rule(own, put("new", before="c", after="a"))) == ["a", "b", "new", "c"]
    assert names(with_rule(own, put("a", after="c"))) == ["b", "c", "a"]


def test_a_changed_rule_stays_where_and_as_it_is() -> None:
    own = with_enabled(made(put("b"), put("a")), "override", "b", False)
    own = with_rule(own, put("b", actions=[]))
    assert names(own) == ["a", "b"]
    assert (own.rules["override"][1].enabled, own.rules["override"][1].actions) == (False, [])


@pytest.mark.parametrize("where", [{"before": "x"}, {"after": "x"}, {"before": ".m.rule.master"}, {"before": "new"}])
def test_no_rule_stands_next_to_one_that_is_not_there_or_predefined(where: dict[str, str]) -> None:
    with pytest.raises(RelatedRuleNotFound):
        with_rule(made(put("a")), put("new", **where))


@pytest.mark.parametrize(
    "wrong",
    [
        *(put(".mine"), put("a/b"), put("a\\b"), put("x" * 256), put("a", "device"), put("a", actions=["x"])),
        *(put("a", actions=[5]), put("a", actions=[{"set_tweak": 5}]), put("a", actions=["notify"] * 21)),
        *(
            put("a", conditions=[{}]),
            put("a", conditions=[{"kind": "event_match"}]),
            put("a", conditions=[IN_ROOM] * 21),
        ),
    ],
)
def test_rules_that_cannot_be_are_refused(wrong: PutRule) -> None:
    with pytest.raises(BadPushRule):
        with_rule(NOTHING, wrong)


def test_a_content_rule_needs_its_pattern_and_keeps_no_conditions() -> None:
    with pytest.raises(PushRuleIncomplete):
        with_rule(NOTHING, put("a", "content"))
    own = made(put("a", "content", pattern="cake", conditions=[IN_ROOM]), put("b", pattern="cake"))
    [content], [override] = own.rules["content"], own.rules["override"]
    assert (content.pattern, content.conditions, override.pattern, override.conditions) == ("cake", UNSET, UNSET, [])


def test_there_are_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OWN_RULES_MAX", 2)
    own = made(put("a"), put("b"))
    with pytest.raises(BadPushRule):
        with_rule(own, put("c"))
    for kind, more in (("content", {"pattern": LONG}), ("override", {"conditions": [IN_ROOM | {"pattern": LONG}]})):
        with pytest.raises(BadPushRule):
            with_rule(NOTHING, put("c", kind, **more))
    with pytest.raises(BadPushRule):
        with_actions(own, "override", "a", [{"set_tweak": "x", "value": "x" * module.OWN_RULES_MAX_BYTES}])


def test_many_rooms_may_be_muted_but_not_so_many_words_be_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SOUGHT_PATTERNS_MAX", 2)
    own = made(*(put(f"room {number}", conditions=[IN_ROOM]) for number in range(5)))
    own = with_rule(with_rule(own, put("a", "content", pattern="a")), put("b", "content", pattern="b"))
    with pytest.raises(BadPushRule):
        with_rule(own, put("c", "content", pattern="c"))


def test_historical_actions_are_left_out() -> None:
    assert checked_actions(["dont_notify"]) == []
    assert checked_actions(["coalesce", "notify", {"set_tweak": "sound"}]) == ["notify", {"set_tweak": "sound"}]


def test_predefined_rules_can_be_changed_but_not_removed() -> None:
    own = with_actions(NOTHING, "underride", ".m.rule.message", [])
    own = with_enabled(own, "override", ".m.rule.master", True)
    rules = merged(own)
    assert find_rule(rules, "underride", ".m.rule.message").actions == []
    assert find_rule(rules, "override", ".m.rule.master").enabled
    with pytest.raises(PushRuleNotFound):
        without_rule(own, "underride", ".m.rule.message")


def test_what_is_changed_back_is_not_stored() -> None:
    own = with_enabled(NOTHING, "override", ".m.rule.master", True)
    assert with_enabled(own, "override", ".m.rule.master", False) == NOTHING
    own = with_actions(NOTHING, "underride", ".m.rule.message", [])
    assert with_actions(own, "underride", ".m.rule.message", ["notify"]) == NOTHING


@pytest.mark.parametrize(
    "change",
    [
        lambda own: with_enabled(own, "override", "x", True),
        lambda own: with_actions(own, "room", ".m.rule.master", []),
        lambda own: without_rule(own, "override", "x"),
        lambda own: without_rule(own, "strange", "a"),
    ],
)
def test_a_rule_that_is_not_there_cannot_be_changed(change: Callable[[OwnRules], OwnRules]) -> None:
    with pytest.raises(PushRuleNotFound):
        change(made(put("a")))


def test_a_rule_of_ones_own_is_removed() -> None:
    assert names(without_rule(made(put("a"), put("b")), "override", "a")) == ["b"]


def test_rules_are_the_same_after_being_stored() -> None:
    own = with_enabled(made(put("a", conditions=[IN_ROOM]), put("b", "content", pattern="x")), "override", "a", False)
    own = with_actions(own, "underride", ".m.rule.message", [])
    assert msgspec.json.decode(msgspec.json.encode(own), type=OwnRules) == own


def test_shown_rules_name_the_person() -> None:
    encoded = msgspec.json.encode(shown(NOTHING, ALICE))
    assert encoded.count(ALICE.encode()) == 2


def test_rules_about_one_room_matter_in_that_room_only() -> None:
    scope = scope_of(made(put("!There", "room"), put("mute", conditions=[IN_ROOM])))
    assert [scope.has(room) for room in ("!There", "!Room", "!Elsewhere")] == [True, True, False]


def test_rules_that_are_off_or_change_only_a_sound_matter_nowhere() -> None:
    own = with_enabled(made(put("a")), "override", "a", False)
    own = with_actions(own, "underride", ".m.rule.message", ["notify", {"set_tweak": "sound", "value": "x"}])
    assert not scope_of(own).has("!room")


@pytest.mark.parametrize(
    "own",
    [
        made(put("a")),
        made(put("a", "sender")),
        made(put("a", "content", pattern="x")),
        made(put("a", conditions=[{**IN_ROOM, "pattern": "!R*"}])),
        with_enabled(NOTHING, "override", ".m.rule.master", True),
        with_actions(NOTHING, "underride", ".m.rule.message", []),
    ],
)
def test_other_rules_matter_everywhere(own: OwnRules) -> None:
    assert scope_of(own).has("!room")
