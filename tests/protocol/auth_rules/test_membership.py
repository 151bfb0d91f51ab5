import pytest

from sottovoce.protocol.ids import EventId, UserId

from ..builders import ALICE, BOB, CAROL, FAR_DAVE, VERSIONS, Room, numbered, signer_of

every_version = pytest.mark.parametrize("version", VERSIONS)

AUTHORISED_BY = "join_authorised_via_users_server"


def _room(version: str, *, bob: str | None = None, carol: str | None = None, rule: str | None = None) -> Room:
    room = Room(version)
    for user, membership in ((BOB, bob), (CAROL, carol)):
        if membership is not None:
            room.member(user, membership)
    if rule is not None:
        room.join_rule(rule)
    return room


@every_version
def test_rule_5_1_asks_for_state_key_and_membership(version: str) -> None:
    room = Room(version)
    assert room.refused_by(room.event("m.room.member", ALICE, {"membership": "join"})) == numbered(version, "5.1")
    assert room.refused_by(room.event("m.room.member", ALICE, {}, ALICE)) == numbered(version, "5.1")
    assert room.refused_by(room.event("m.room.member", ALICE, {"membership": "join"}, ALICE)) is None


@every_version
@pytest.mark.parametrize("authoriser", [FAR_DAVE, "nobody", 5, None])
def test_rule_5_2_1_asks_for_a_signature_of_the_authorisers_server(version: str, authoriser: object) -> None:
    room = _room(version, bob="invite")
    assert room.judge_member(BOB, "join", BOB, **{AUTHORISED_BY: ALICE}) is None
    assert room.judge_member(BOB, "join", BOB, **{AUTHORISED_BY: authoriser}) == numbered(version, "5.2.1")


@every_version
def test_rule_5_3_1_lets_the_creator_in_right_after_the_create_event(version: str) -> None:
    room = Room(version)
    room.join_rule("private")
    del room.state["m.room.member", ALICE]
    first = (room.create.event_id,)
    join = room.event("m.room.member", ALICE, {"membership": "join"}, ALICE, prev_events=first)
    assert room.refused_by(join) is None
    stranger = room.event("m.room.member", BOB, {"membership": "join"}, BOB, prev_events=first)
    assert room.refused_by(stranger) == numbered(version, "5.3.7")
    for later in ((EventId("$x"),), (room.create.event_id, EventId("$x"))):
        late = room.event("m.room.member", ALICE, {"membership": "join"}, ALICE, prev_events=later)
        assert room.refused_by(late) == numbered(version, "5.3.7")


def test_rule_5_3_1_goes_by_the_named_creator_in_version_10() -> None:
    room = Room("10", create={"creator": BOB})
    first = (room.create.event_id,)
    join = room.event("m.room.member", BOB, {"membership": "join"}, BOB, prev_events=first)
    assert room.refused_by(join) is None


@every_version
def test_rule_5_3_2_lets_nobody_join_for_another(version: str) -> None:
    room = _room(version, bob="invite", rule="public")
    assert room.judge_member(ALICE, "join", BOB) == numbered(version, "5.3.2")


@every_version
@pytest.mark.parametrize("rule", ["public", "invite", "restricted"])
def test_rule_5_3_3_keeps_the_banned_out(version: str, rule: str) -> None:
    assert _room(version, bob="ban", rule=rule).judge_member(BOB, "join", BOB) == numbered(version, "5.3.3")


@every_version
@pytest.mark.parametrize("rule", ["invite", "knock", None])
@pytest.mark.parametrize(
    ("membership", "refusal"), [("invite", None), ("join", None), ("leave", "5.3.7"), ("knock", "5.3.7")]
)
def test_rule_5_3_4_lets_the_invited_in(version: str, rule: str | None, membership: str, refusal: str | None) -> None:
    judged = _room(version, bob=membership, rule=rule).judge_member(BOB, "join", BOB)
    assert judged == (refusal and numbered(version, refusal))


@every_version
@pytest.mark.parametrize("rule", ["restricted", "knock_restricted"])
@pytest.mark.parametrize("membership", ["invite", "join"])
def test_rule_5_3_5_1_lets_the_invited_into_a_restricted_room(version: str, rule: str, membership: str) -> None:
    assert _room(version, bob=membership, rule=rule).judge_member(BOB, "join", BOB) is None


@every_version
@pytest.mark.parametrize("rule", ["restricted", "knock_restricted"])
def test_rule_5_3_5_2_lets_in_whom_a_member_who_may_invite_authorised(version: str, rule: str) -> None:
    room = _room(version, carol="join", rule=rule)
    room.levels(users={CAROL: 50}, invite=50)
    assert room.judge_member(BOB, "join", BOB, **{AUTHORISED_BY: CAROL}) is None
    room.levels(users={CAROL: 49}, invite=50)
    assert room.judge_member(BOB, "join", BOB, **{AUTHORISED_BY: CAROL}) == numbered(version, "5.3.5.2")


@every_version
def test_rule_5_3_5_2_refuses_without_authoriser_or_with_one_who_left(version: str) -> None:
    room = _room(version, carol="leave", rule="restricted")
    assert room.judge_member(BOB, "join", BOB) == numbered(version, "5.3.5.2")
    assert room.judge_member(BOB, "join", BOB, **{AUTHORISED_BY: CAROL}) == numbered(version, "5.3.5.2")


@every_version
def test_rule_5_3_6_lets_anyone_into_a_public_room(version: str) -> None:
    assert _room(version, rule="public").judge_member(BOB, "join", BOB) is None
    assert _room(version, rule="public").judge_member(FAR_DAVE, "join", FAR_DAVE) is None


@every_version
@pytest.mark.parametrize("membership", ["leave", "invite"])
def test_rule_5_3_7_refuses_under_any_other_join_rule(version: str, membership: str) -> None:
    judged = _room(version, bob=membership, rule="private").judge_member(BOB, "join", BOB)
    assert judged == numbered(version, "5.3.7")


@every_version
def test_rule_5_4_1_sends_third_party_invites_their_own_way(version: str) -> None:
    judged = Room(version).judge_member(ALICE, "invite", BOB, third_party_invite={})
    assert judged == numbered(version, "5.4.1.2")


@every_version
@pytest.mark.parametrize("membership", ["leave", "invite", "ban", "knock"])
def test_rule_5_4_2_lets_only_members_invite(version: str, membership: str) -> None:
    assert _room(version, bob=membership).judge_member(BOB, "invite", CAROL) == numbered(version, "5.4.2")


@every_version
@pytest.mark.parametrize(
    ("membership", "rule"), [("join", "5.4.3"), ("ban", "5.4.3"), ("leave", None), ("invite", None), ("knock", None)]
)
def test_rule_5_4_3_refuses_to_invite_members_and_the_banned(version: str, membership: str, rule: str | None) -> None:
    judged = _room(version, bob=membership).judge_member(ALICE, "invite", BOB)
    assert judged == (rule and numbered(version, rule))


@every_version
@pytest.mark.parametrize(("level", "rule"), [(30, None), (29, "5.4.5")])
def test_rules_5_4_4_and_5_4_5_ask_for_the_invite_level(version: str, level: int, rule: str | None) -> None:
    room = _room(version, bob="join")
    room.levels(users={BOB: level}, invite=30)
    assert room.judge_member(BOB, "invite", CAROL) == (rule and numbered(version, rule))


@every_version
@pytest.mark.parametrize(
    ("membership", "rule"),
    [("join", None), ("invite", None), ("knock", None), ("leave", "5.5.1"), ("ban", "5.5.1"), (None, "5.5.1")],
)
def test_rule_5_5_1_lets_people_leave_what_they_are_in(version: str, membership: str | None, rule: str | None) -> None:
    judged = _room(version, bob=membership).judge_member(BOB, "leave", BOB)
    assert judged == (rule and numbered(version, rule))


@every_version
def test_rule_5_5_2_lets_only_members_remove_others(version: str) -> None:
    assert _room(version, bob="invite", carol="join").judge_member(BOB, "leave", CAROL) == numbered(version, "5.5.2")


@every_version
@pytest.mark.parametrize(("level", "rule"), [(60, None), (59, "5.5.3")])
def test_rule_5_5_3_asks_for_the_ban_level_to_lift_a_ban(version: str, level: int, rule: str | None) -> None:
    room = _room(version, bob="join", carol="ban")
    room.levels(users={BOB: level}, ban=60, kick=10)
    assert room.judge_member(BOB, "leave", CAROL) == (rule and numbered(version, rule))


@every_version
@pytest.mark.parametrize(
    ("level", "target_level", "rule"), [(50, 49, None), (49, 0, "5.5.5"), (50, 50, "5.5.5"), (50, 51, "5.5.5")]
)
@pytest.mark.parametrize("membership", ["join", "invite", "ban"])
def test_rules_5_5_4_and_5_5_5_ask_to_stand_at_the_kick_level_and_above_the_target(
    version: str, level: int, target_level: int, rule: str | None, membership: str
) -> None:
    room = _room(version, bob="join", carol=membership)
    room.levels(users={BOB: level, CAROL: target_level}, kick=50, ban=0)
    assert room.judge_member(BOB, "leave", CAROL) == (rule and numbered(version, rule))


@every_version
def test_rule_5_6_1_lets_only_members_ban(version: str) -> None:
    assert _room(version, bob="leave").judge_member(BOB, "ban", CAROL) == numbered(version, "5.6.1")


@every_version
@pytest.mark.parametrize(
    ("level", "target_level", "rule"), [(50, 49, None), (49, 0, "5.6.3"), (50, 50, "5.6.3"), (50, 51, "5.6.3")]
)
def test_rules_5_6_2_and_5_6_3_ask_to_stand_at_the_ban_level_and_above_the_target(
    version: str, level: int, target_level: int, rule: str | None
) -> None:
    room = _room(version, bob="join")
    room.levels(users={BOB: level, CAROL: target_level}, ban=50)
    assert room.judge_member(BOB, "ban", CAROL) == (rule and numbered(version, rule))


def test_from_version_12_nobody_removes_a_creator_and_creators_do_not_remove_each_other() -> None:
    room = Room("12", create={"additional_creators": [CAROL]})
    room.member(BOB, "join")
    room.member(CAROL, "join")
    room.levels(users={BOB: 2**53 - 1})
    assert room.judge_member(BOB, "ban", ALICE) == "5.6.3"
    assert room.judge_member(BOB, "leave", CAROL) == "5.5.5"
    assert room.judge_member(ALICE, "ban", CAROL) == "5.6.3"
    assert room.judge_member(CAROL, "ban", BOB) is None


@every_version
@pytest.mark.parametrize(
    ("rule", "refusal"),
    [("knock", None), ("knock_restricted", None), ("invite", "5.7.1"), ("public", "5.7.1"), ("restricted", "5.7.1")],
)
def test_rule_5_7_1_takes_knocks_where_the_join_rule_says(version: str, rule: str, refusal: str | None) -> None:
    assert _room(version, rule=rule).judge_member(BOB, "knock", BOB) == (refusal and numbered(version, refusal))


@every_version
def test_rule_5_7_2_lets_nobody_knock_for_another(version: str) -> None:
    assert _room(version, rule="knock").judge_member(ALICE, "knock", BOB) == numbered(version, "5.7.2")


@every_version
@pytest.mark.parametrize(
    ("membership", "rule"), [("leave", None), ("knock", None), ("ban", "5.7.4"), ("invite", "5.7.4"), ("join", "5.7.4")]
)
def test_rules_5_7_3_and_5_7_4_take_knocks_of_those_outside(version: str, membership: str, rule: str | None) -> None:
    judged = _room(version, bob=membership, rule="knock").judge_member(BOB, "knock", BOB)
    assert judged == (rule and numbered(version, rule))


@every_version
@pytest.mark.parametrize("membership", ["dance", "", "JOIN"])
def test_rule_5_8_refuses_a_membership_nobody_knows(version: str, membership: str) -> None:
    assert Room(version).judge_member(ALICE, membership, ALICE) == numbered(version, "5.8")


@every_version
def test_a_membership_that_is_no_text_is_unknown_too(version: str) -> None:
    room = Room(version)
    assert room.refused_by(room.event("m.room.member", ALICE, {"membership": ["join"]}, ALICE)) == numbered(
        version, "5.8"
    )


@every_version
def test_a_far_server_may_authorise_with_its_signature(version: str) -> None:
    room = _room(version, rule="restricted")
    room.member(FAR_DAVE, "join")
    content: dict[str, object] = {"membership": "join", AUTHORISED_BY: FAR_DAVE}
    signed_there = room.event("m.room.member", UserId(BOB), content, BOB, signer=signer_of("elsewhere.net"))
    assert room.refused_by(signed_there) is None
