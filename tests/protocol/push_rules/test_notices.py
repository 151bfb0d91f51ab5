import pytest

from sottovoce.protocol.events import Event
from sottovoce.protocol.power import PowerLevels
from sottovoce.protocol.push_rules import Notice, default_notice, default_notices

from ..builders import ALICE, BOB, CAROL, Content, Room

NONE, NOTIFY, HIGHLIGHT = Notice.NONE, Notice.NOTIFY, Notice.HIGHLIGHT

ROOM = Room()
POWER = PowerLevels.in_state(ROOM.state, ROOM.version)


def _notice(
    event_type: str, content: Content, state_key: str | None = None, *, sender: str = ALICE, to: str = BOB
) -> Notice:
    event = ROOM.event(event_type, sender, content, state_key)  # type: ignore[arg-type]
    return default_notice(event, to, POWER)


@pytest.mark.parametrize("event_type", ["m.room.message", "m.room.encrypted", "m.call.invite"])
def test_messages_encrypted_events_and_calls_notify_everyone_but_their_sender(event_type: str) -> None:
    assert _notice(event_type, {}) is NOTIFY
    assert _notice(event_type, {}, to=ALICE) is NONE


@pytest.mark.parametrize("event_type", ["m.reaction", "m.room.redaction", "org.example.any", "m.call.answer"])
def test_other_events_notify_nobody(event_type: str) -> None:
    assert _notice(event_type, {}) is NONE


@pytest.mark.parametrize("event_type", ["m.room.server_acl", "m.room.name", "m.room.topic"])
def test_other_state_notifies_nobody(event_type: str) -> None:
    assert _notice(event_type, {}, "") is NONE


def test_notices_of_bots_notify_nobody_not_even_those_they_mention() -> None:
    content: Content = {"msgtype": "m.notice", "m.mentions": {"user_ids": [BOB], "room": True}}
    assert _notice("m.room.message", content) is NONE


def test_an_invitation_notifies_the_invited_alone() -> None:
    assert _notice("m.room.member", {"membership": "invite"}, BOB) is NOTIFY
    assert _notice("m.room.member", {"membership": "invite"}, CAROL) is NONE


@pytest.mark.parametrize("membership", ["join", "leave", "ban", "knock"])
def test_other_changes_of_membership_notify_nobody(membership: str) -> None:
    assert _notice("m.room.member", {"membership": membership}, BOB) is NONE
    assert _notice("m.room.member", {"membership": membership, "m.mentions": {"user_ids": [BOB]}}, BOB) is NONE


def test_a_mention_highlights_for_the_mentioned_and_notifies_the_others() -> None:
    content: Content = {"m.mentions": {"user_ids": [BOB, 5]}}
    assert _notice("m.room.message", content) is HIGHLIGHT
    assert _notice("m.room.message", content, to=CAROL) is NOTIFY


def test_who_mentions_themselves_is_told_nothing() -> None:
    assert _notice("m.room.message", {"m.mentions": {"user_ids": [ALICE], "room": True}}, to=ALICE) is NONE


@pytest.mark.parametrize(
    "mentions", [None, [], {}, {"user_ids": BOB}, {"user_ids": None}, {"room": 1}, {"room": "true"}]
)
def test_mentions_of_the_wrong_form_mention_nobody(mentions: object) -> None:
    assert _notice("m.room.message", {"m.mentions": mentions}) is NOTIFY


def test_everyone_is_highlighted_only_by_who_has_the_power_to() -> None:
    content: Content = {"m.mentions": {"room": True}}
    assert _notice("m.room.message", content) is HIGHLIGHT
    assert _notice("m.room.message", content, sender=BOB, to=CAROL) is NOTIFY


def test_the_level_to_notify_everyone_is_the_rooms() -> None:
    room = Room()
    room.levels(notifications={"room": 0})
    event = room.event("m.room.message", BOB, {"m.mentions": {"room": True}})
    assert default_notice(event, CAROL, PowerLevels.in_state(room.state, room.version)) is HIGHLIGHT


def test_a_tombstone_highlights() -> None:
    assert _notice("m.room.tombstone", {}, "") is HIGHLIGHT
    assert _notice("m.room.tombstone", {}, "x") is NONE
    assert _notice("m.room.tombstone", {}) is NONE


def test_an_edit_notifies_nobody_but_those_it_mentions() -> None:
    edit: Content = {"m.relates_to": {"rel_type": "m.replace", "event_id": "$a"}}
    assert _notice("m.room.message", edit) is NONE
    assert _notice("m.room.message", {**edit, "m.mentions": {"user_ids": [BOB]}}) is HIGHLIGHT
    assert _notice("m.room.message", {"m.relates_to": {"rel_type": "m.thread"}}) is NOTIFY
    assert _notice("m.room.message", {"m.relates_to": "m.replace"}) is NOTIFY


def test_a_mention_in_a_reaction_highlights_because_its_rule_comes_first() -> None:
    assert _notice("m.reaction", {"m.mentions": {"user_ids": [BOB]}}) is HIGHLIGHT


def test_more_attention_counts_as_more() -> None:
    assert NONE < NOTIFY < HIGHLIGHT
    assert not NONE


def test_one_judgement_serves_the_whole_room() -> None:
    event: Event = ROOM.event("m.room.message", ALICE, {"m.mentions": {"user_ids": [BOB]}})
    notices = default_notices(event, POWER)
    assert [notices.of(user) for user in (ALICE, BOB, CAROL)] == [NONE, HIGHLIGHT, NOTIFY]
    assert (notices.everyone, dict(notices.by_user)) == (NOTIFY, {BOB: HIGHLIGHT})
