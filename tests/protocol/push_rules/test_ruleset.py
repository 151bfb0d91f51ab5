"""Rules in their order."""

import msgspec
import pytest

from sottovoce.protocol.power import PowerLevels
from sottovoce.protocol.push_rules import KINDS, PREDEFINED, Circumstances, Matcher, Notice, Rule, notice_of, tweaks_of
from sottovoce.protocol.push_rules.ruleset import THE_USER, shown_to

from ..builders import ALICE, BOB, CAROL, Room

ROOM = Room()
AROUND = Circumstances(BOB, "Bob", 2, PowerLevels.in_state(ROOM.state, ROOM.version))
EVENT = ROOM.event("m.room.message", ALICE, {"body": "time for tea"})


def _rule(rule_id: str, **fields: object) -> Rule:
    return Rule(rule_id=rule_id, default=False, **({"enabled": True, "actions": []} | fields))  # type: ignore[arg-type]


RULES = {
    "override": [_rule("over", conditions=[])],
    "content": [_rule("tea", pattern="t?a"), _rule("time", pattern="time")],
    "room": [_rule(EVENT.room_id)],
    "sender": [_rule(ALICE)],
    "underride": [_rule("under", conditions=[])],
}


def test_kinds_are_asked_in_the_order_of_the_spec_and_the_first_rule_that_matches_counts() -> None:
    order = ["over", "tea", "time", EVENT.room_id, ALICE, "under"]
    rules = {kind: list(RULES[kind]) for kind in KINDS}
    for expected in order:
        matched = Matcher(rules).match(EVENT, AROUND)
        assert matched is not None
        assert matched.rule_id == expected
        rules = {kind: [rule for rule in rules[kind] if rule is not matched] for kind in KINDS}
    assert Matcher(rules).match(EVENT, AROUND) is None


def test_all_conditions_must_hold_and_a_rule_that_is_off_never_matches() -> None:
    tea = {"kind": "event_match", "key": "content.body", "pattern": "tea"}
    unknown = {"kind": "org.example.unknown"}
    for rule in (_rule("a", conditions=[tea, unknown]), _rule("b", conditions=[tea], enabled=False)):
        assert Matcher({"override": [rule]}).match(EVENT, AROUND) is None
    assert Matcher({"override": [_rule("c", conditions=[tea])]}).match(EVENT, AROUND) is not None
    assert Matcher({"override": [_rule("d")]}).match(EVENT, AROUND) is not None


def test_nobody_is_told_of_what_they_sent_themselves() -> None:
    rules = Matcher({"override": [_rule("all", actions=["notify"])]})
    assert rules.notice(EVENT, AROUND) is Notice.NOTIFY
    assert rules.notice(EVENT, AROUND._replace(user_id=ALICE)) is Notice.NONE


@pytest.mark.parametrize(
    ("actions", "notice"),
    [
        ([], Notice.NONE),
        (["notify"], Notice.NOTIFY),
        ([{"set_tweak": "highlight"}], Notice.NONE),
        (["notify", {"set_tweak": "highlight"}], Notice.HIGHLIGHT),
        (["notify", {"set_tweak": "highlight", "value": False}], Notice.NOTIFY),
        (["notify", {"set_tweak": "sound", "value": "x"}], Notice.NOTIFY),
    ],
)
def test_actions_ask_for_attention(actions: list[object], notice: Notice) -> None:
    assert notice_of(actions) is notice


def test_tweaks_are_passed_on_and_highlight_is_true_by_itself() -> None:
    actions = ["notify", {"set_tweak": "sound", "value": "x"}, {"set_tweak": "highlight"}, {"set_tweak": "light"}]
    assert tweaks_of(actions) == {"sound": "x", "highlight": True}


def test_predefined_rules_name_the_person_when_shown() -> None:
    encoded = msgspec.json.encode({kind: shown_to(CAROL, rules) for kind, rules in PREDEFINED.items()})
    assert THE_USER.encode() not in encoded.replace(b"\\u0000", b"\0")
    assert encoded.count(CAROL.encode()) == 2
