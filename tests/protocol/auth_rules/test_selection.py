import pytest

from sottovoce.protocol.auth_rules import check_auth_events, needed_for
from sottovoce.protocol.auth_rules.selection import third_party_token
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import RoomId
from sottovoce.protocol.room_versions import ROOM_VERSIONS

from ..builders import ALICE, BOB, CAROL, VERSIONS, Content, Room

CREATE = ("m.room.create", "")
LEVELS = ("m.room.power_levels", "")
RULES = ("m.room.join_rules", "")
ALICE_IN = ("m.room.member", ALICE)
BOB_IN = ("m.room.member", BOB)
CAROL_IN = ("m.room.member", CAROL)
TOKEN = {"third_party_invite": {"signed": {"token": "t", "mxid": BOB}}}


def _needed(version: str, event_type: str, state_key: str | None, content: Content) -> set[tuple[str, str]]:
    needed = needed_for(event_type, ALICE, state_key, content, ROOM_VERSIONS[version])
    assert len(needed) == len(set(needed))
    return set(needed)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_create_event_needs_nothing(version: str) -> None:
    assert _needed(version, "m.room.create", "", {}) == set()


@pytest.mark.parametrize(
    ("version", "needed"),
    [("10", {CREATE, LEVELS, ALICE_IN}), ("11", {CREATE, LEVELS, ALICE_IN}), ("12", {LEVELS, ALICE_IN})],
)
def test_any_other_event_needs_levels_and_sender_and_the_create_event_before_12(
    version: str, needed: set[tuple[str, str]]
) -> None:
    assert _needed(version, "m.room.message", None, {}) == needed
    assert _needed(version, "m.room.topic", "", {}) == needed


@pytest.mark.parametrize(
    ("target", "content", "more"),
    [
        (ALICE, {"membership": "join"}, {RULES}),
        (ALICE, {"membership": "knock"}, {RULES}),
        (ALICE, {"membership": "leave"}, set()),
        (BOB, {"membership": "leave"}, {BOB_IN}),
        (BOB, {"membership": "ban"}, {BOB_IN}),
        (BOB, {"membership": "invite"}, {BOB_IN, RULES}),
        (BOB, {"membership": "invite", **TOKEN}, {BOB_IN, RULES, ("m.room.third_party_invite", "t")}),
        (BOB, {"membership": "leave", **TOKEN}, {BOB_IN}),
        (ALICE, {"membership": "join", "join_authorised_via_users_server": CAROL}, {RULES, CAROL_IN}),
        (ALICE, {"membership": "join", "join_authorised_via_users_server": 5}, {RULES}),
        (BOB, {"membership": "invite", "join_authorised_via_users_server": CAROL}, {BOB_IN, RULES}),
        (BOB, {"membership": "join", "join_authorised_via_users_server": BOB}, {BOB_IN, RULES}),
        (BOB, {"membership": ["join"]}, {BOB_IN}),
        (BOB, {}, {BOB_IN}),
    ],
)
def test_a_membership_needs_its_target_and_what_lets_it_in(
    target: str, content: Content, more: set[tuple[str, str]]
) -> None:
    assert _needed("12", "m.room.member", target, content) == {LEVELS, ALICE_IN} | more
    assert _needed("11", "m.room.member", target, content) == {CREATE, LEVELS, ALICE_IN} | more


@pytest.mark.parametrize("invite", [None, {}, {"signed": []}, {"signed": {}}, {"signed": {"token": 1}}])
def test_a_third_party_invite_without_token_has_none(invite: object) -> None:
    assert third_party_token({"third_party_invite": invite}) is None


class _Full(Room):
    """A room with levels, whose auth events can be chosen freely."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.levels()
        self.message = self.event("m.room.message", ALICE, {})
        self.auth_events = [self.state[pair] for pair in needed_for("m.room.message", ALICE, None, {}, self.version)]

    def refused_for(self, auth_events: list[Event]) -> str | None:
        refusal = check_auth_events(self.message, auth_events, self.version)
        return None if refusal is None else refusal.rule


@pytest.mark.parametrize("version", VERSIONS)
def test_the_events_selection_names_are_allowed(version: str) -> None:
    room = _Full(version)
    assert room.refused_for(room.auth_events) is None


@pytest.mark.parametrize(("version", "rule"), [("10", "2.1"), ("11", "2.1"), ("12", "3.1")])
def test_rule_3_1_refuses_two_of_a_kind(version: str, rule: str) -> None:
    room = _Full(version)
    assert room.refused_for([*room.auth_events, room.auth_events[0]]) == rule


@pytest.mark.parametrize(("version", "rule"), [("10", "2.2"), ("11", "2.2"), ("12", "3.2")])
def test_rule_3_2_refuses_what_selection_does_not_name(version: str, rule: str) -> None:
    room = _Full(version)
    assert room.refused_for([*room.auth_events, room.member(BOB, "join")]) == rule
    assert room.refused_for([*room.auth_events, room.message]) == rule


def test_rule_3_2_refuses_the_create_event_from_version_12() -> None:
    room = _Full("12")
    assert room.refused_for([*room.auth_events, room.create]) == "3.2"


@pytest.mark.parametrize(("version", "rule"), [("10", "2.3"), ("11", "2.3"), ("12", "3.3")])
def test_rule_3_3_refuses_events_that_were_rejected(version: str, rule: str) -> None:
    room = _Full(version)
    rejected = {room.auth_events[-1].event_id}
    refusal = check_auth_events(room.message, room.auth_events, room.version, rejected)
    assert refusal is not None
    assert refusal.rule == rule


@pytest.mark.parametrize("version", ["10", "11"])
def test_rule_2_4_asks_for_the_create_event_before_version_12(version: str) -> None:
    room = _Full(version)
    assert room.refused_for(room.auth_events[1:]) == "2.4"


@pytest.mark.parametrize(("version", "rule"), [("10", "2.5"), ("11", "2.5"), ("12", "3.4")])
def test_rule_3_4_refuses_events_of_another_room(version: str, rule: str) -> None:
    room, other = _Full(version), _Full(version)
    other.room_id = RoomId("!other:example.org")
    stranger = other.levels()
    assert room.refused_for([stranger if event.type == LEVELS[0] else event for event in room.auth_events]) == rule
