"""The predefined rules, and that judging by them at once comes to the same."""

from hypothesis import given
from hypothesis import strategies as st

from sottovoce.protocol.power import PowerLevels
from sottovoce.protocol.push_rules import PREDEFINED, Circumstances, Matcher, default_notices

from ..builders import ALICE, BOB, CAROL, Content, Room

ROOM = Room()
POWER = PowerLevels.in_state(ROOM.state, ROOM.version)
_mentions = st.fixed_dictionaries(
    {},
    optional={
        "user_ids": st.one_of(st.lists(st.sampled_from([BOB, CAROL, 5, None])), st.just(BOB)),
        "room": st.sampled_from([True, False, 1, "true"]),
    },
)
_contents: st.SearchStrategy[Content] = st.fixed_dictionaries(
    {},
    optional={
        "msgtype": st.sampled_from(["m.text", "m.notice", "M.NOTICE", 5]),
        "membership": st.sampled_from(["invite", "INVITE", "join", "leave", "ban"]),
        "m.mentions": st.one_of(_mentions, st.sampled_from([None, 5, []])),
        "m.relates_to": st.sampled_from([{"rel_type": "m.replace"}, {"rel_type": "m.thread"}, {}, "m.replace", None]),
    },
)
_types = st.sampled_from(
    [
        *("m.room.message", "m.room.encrypted", "m.room.member", "m.room.tombstone", "m.reaction", "m.room.server_acl"),
        *("m.call.invite", "m.room.topic", "org.example.any", "M.ROOM.MESSAGE", "M.Room.Member"),
    ]
)


def test_the_predefined_rules_come_in_the_order_of_the_spec() -> None:
    assert list(PREDEFINED) == ["override", "content", "room", "sender", "underride"]
    names = [rule.rule_id.removeprefix(".m.rule.") for kind in PREDEFINED.values() for rule in kind]
    assert names == [
        "master", "suppress_notices", "invite_for_me", "member_event", "is_user_mention", "is_room_mention",
        "tombstone", "reaction", "room.server_acl", "suppress_edits",
        "call", "encrypted_room_one_to_one", "room_one_to_one", "message", "encrypted",
    ]  # fmt: skip


def test_only_the_master_switch_is_off() -> None:
    rules = [rule for kind in PREDEFINED.values() for rule in kind]
    assert [rule.rule_id for rule in rules if not rule.enabled] == [".m.rule.master"]


@given(_types, _contents, st.sampled_from([None, "", BOB]), st.sampled_from([ALICE, BOB]), st.integers(1, 3))
def test_judging_once_for_everybody_is_the_same_as_asking_each_rule(
    event_type: str, content: Content, state_key: str | None, sender: str, members: int
) -> None:
    event = ROOM.event(event_type, sender, content, state_key)  # type: ignore[arg-type]
    at_once, rules = default_notices(event, POWER), Matcher(PREDEFINED)
    for user in (ALICE, BOB, CAROL):
        assert at_once.of(user) is rules.notice(event, Circumstances(user, None, members, POWER))
