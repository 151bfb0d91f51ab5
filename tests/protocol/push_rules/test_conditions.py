"""The conditions of push rules."""

import pytest

from sottovoce.protocol.power import PowerLevels
from sottovoce.protocol.push_rules.conditions import (
    Circumstances,
    body_matches,
    condition_of,
    property_path,
    room_is,
    sender_is,
    why_not_a_condition,
)

from ..builders import ALICE, BOB, Content, Room

ROOM = Room()
AROUND = Circumstances(BOB, "Bob [works]", 10, PowerLevels.in_state(ROOM.state, ROOM.version))


def _holds(said: Content, content: Content, *, state_key: str | None = None, sender: str = ALICE) -> bool:
    event = ROOM.event("m.room.message", sender, content, state_key)  # type: ignore[arg-type]
    return condition_of(said)(event, AROUND)


def _match(key: str, pattern: object) -> Content:
    return {"kind": "event_match", "key": key, "pattern": pattern}


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("content.body", ("content", "body")),
        (r"content.m\.relates_to.rel_type", ("content", "m.relates_to", "rel_type")),
        (r"content.m\\foo", ("content", "m\\foo")),
        (r"a\x", ("a\\x",)),
        ("a\\", ("a\\",)),
        ("", ("",)),
        ("a..b", ("a", "", "b")),
    ],
)
def test_paths_are_cut_at_dots_that_are_not_escaped(key: str, path: tuple[str, ...]) -> None:
    assert property_path(key) == path


def test_event_match_matches_the_whole_of_a_text_wherever_it_is() -> None:
    assert _holds(_match("content.topic", "lunc?*"), {"topic": "LUNCH plans"})
    assert _holds(_match("type", "m.room.*"), {})
    assert _holds(_match("sender", ALICE), {})
    assert _holds(_match("state_key", ""), {}, state_key="")
    assert not _holds(_match("content.topic", "plans"), {"topic": "LUNCH plans"})


@pytest.mark.parametrize("content", [{}, {"topic": None}, {"topic": 5}, {"topic": ["x"]}, {"topic": {"a": "b"}}])
def test_event_match_matches_no_other_thing_not_even_by_a_star(content: Content) -> None:
    assert not _holds(_match("content.topic", "*"), content)


@pytest.mark.parametrize("key", ["state_key", "redacts", "nothing", "content.a.b", "type.a", "", "unsigned.age"])
def test_what_the_event_does_not_have_matches_nothing(key: str) -> None:
    assert not _holds(_match(key, "*"), {"a": "text"})


def test_the_body_is_matched_by_words() -> None:
    assert _holds(_match("content.body", "ex*ple"), {"body": "An example event."})
    assert not _holds(_match("content.body", "xample"), {"body": "An example event."})
    assert body_matches("example")(ROOM.event("m.room.message", ALICE, {"body": "example!"}), AROUND)


@pytest.mark.parametrize(("value", "is_same"), [(True, True), (1, False), ("true", False), (None, False)])
def test_event_property_is_takes_nothing_for_something_else(value: object, is_same: bool) -> None:
    said: Content = {"kind": "event_property_is", "key": r"content.m\.federate", "value": True}
    assert _holds(said, {"m.federate": value}) is is_same


def test_event_property_is_knows_null_from_what_is_not_there() -> None:
    said: Content = {"kind": "event_property_is", "key": "content.a", "value": None}
    assert _holds(said, {"a": None})
    assert not _holds(said, {})


def test_event_property_contains_finds_values_in_arrays_only() -> None:
    said: Content = {"kind": "event_property_contains", "key": "content.alt", "value": "#my:example.com"}
    assert _holds(said, {"alt": [{}, ["#my:example.com"], "#my:example.com"]})
    assert not _holds(said, {"alt": ["#my:example.com:80"]})
    assert not _holds(said, {"alt": "#my:example.com"})
    assert not _holds({**said, "value": 1}, {"alt": [True]})


def test_contains_display_name_finds_the_name_as_it_is_written() -> None:
    said: Content = {"kind": "contains_display_name"}
    assert _holds(said, {"body": "hello bob [WORKS]!"})
    assert not _holds(said, {"body": "hello bobw"})
    assert not _holds(said, {"body": 5})
    event = ROOM.event("m.room.message", ALICE, {"body": "hello"})
    assert not condition_of(said)(event, AROUND._replace(display_name=None))
    assert not condition_of(said)(event, AROUND._replace(display_name=""))


@pytest.mark.parametrize("asked", ["10", "==10", "<11", "<=10", ">9", ">=10"])
def test_room_member_count_compares(asked: str) -> None:
    assert _holds({"kind": "room_member_count", "is": asked}, {})


@pytest.mark.parametrize("asked", ["2", "<10", ">10", ">=11", "", "x", "=10", "10 ", "1" * 10, 10, None, "١٠"])
def test_and_holds_for_nothing_it_cannot_read(asked: object) -> None:
    assert not _holds({"kind": "room_member_count", "is": asked}, {})


def test_sender_notification_permission_asks_the_rooms_levels() -> None:
    said: Content = {"kind": "sender_notification_permission", "key": "room"}
    assert _holds(said, {}, sender=ALICE)
    assert not _holds(said, {}, sender=BOB)
    assert not _holds({**said, "key": 5}, {}, sender=ALICE)


@pytest.mark.parametrize("said", [{"kind": "device"}, {}, {"kind": 5}, {"kind": ["event_match"]}])
def test_an_unknown_condition_never_holds(said: Content) -> None:
    assert not _holds(said, {"body": "x"})


def test_rules_of_a_room_or_a_sender_are_about_that_one() -> None:
    event = ROOM.event("m.room.message", ALICE, {})
    assert room_is(event.room_id)(event, AROUND)
    assert not room_is("!other")(event, AROUND)
    assert sender_is(ALICE)(event, AROUND)
    assert not sender_is(BOB)(event, AROUND)


@pytest.mark.parametrize(
    "said",
    [
        *({}, {"kind": 5}, {"kind": "event_match"}, _match("a", 5), {"kind": "event_match", "pattern": "x"}),
        *({"kind": "event_property_is", "key": "a"}, {"kind": "event_property_is", "key": "a", "value": {}}),
        *({"kind": "event_property_contains", "key": "a", "value": [1]}, {"kind": "room_member_count", "is": 5}),
        {"kind": "sender_notification_permission"},
    ],
)
def test_conditions_of_the_wrong_form_are_told_from_others(said: Content) -> None:
    assert why_not_a_condition(said) is not None


@pytest.mark.parametrize("said", [{"kind": "contains_display_name"}, {"kind": "org.example.new"}, _match("a", "b")])
def test_unknown_kinds_are_no_mistake(said: Content) -> None:
    assert why_not_a_condition(said) is None
