import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.filters import (
    DEFAULT_LIMIT_EVENTS,
    MAX_LIMIT_EVENTS,
    EventFilter,
    Filter,
    RoomEventFilter,
    parse_filter,
    parse_room_event_filter,
)

from .builders import ALICE, BOB

MESSAGE = "m.room.message"


def _types(*patterns: str) -> EventFilter:
    return EventFilter(types=frozenset(patterns))


def _parsed(**fields: object) -> RoomEventFilter:
    return parse_room_event_filter(msgspec.json.encode(fields))


def test_an_empty_filter_asks_for_everything() -> None:
    everything = parse_filter(b"{}")
    assert everything == Filter()
    assert everything.event_format == "client"
    assert everything.event_fields is None
    assert not everything.room.include_leave
    assert everything.room.room_matches("!r:x")
    for part in (
        everything.room.state,
        everything.room.timeline,
        everything.room.ephemeral,
        everything.room.account_data,
    ):
        assert part.matches(MESSAGE, ALICE)
        assert part.room_matches("!r:x")
        assert not part.lazy_load_members
        assert not part.include_redundant_members
        assert not part.unread_thread_notifications
    assert everything.presence.matches("m.presence", ALICE)
    assert everything.account_data.matches("m.direct", ALICE)


def test_every_field_is_read_and_unknown_ones_are_ignored() -> None:
    events = {
        "limit": 5,
        "types": ["a"],
        "not_types": ["b"],
        "senders": [ALICE],
        "not_senders": [BOB],
        "rooms": ["!a:x"],
        "not_rooms": ["!b:x"],
        "contains_url": True,
        "lazy_load_members": True,
        "include_redundant_members": True,
        "unread_thread_notifications": True,
        "org.example.unknown": 1,
    }
    room = {
        "state": events,
        "timeline": events,
        "ephemeral": events,
        "account_data": events,
        "rooms": ["!a:x"],
        "not_rooms": ["!b:x"],
        "include_leave": True,
        "unknown": [],
    }
    read = parse_filter(
        msgspec.json.encode(
            {
                "room": room,
                "presence": events,
                "account_data": events,
                "event_fields": ["type"],
                "event_format": "federation",
            }
        )
    )
    whole = RoomEventFilter(
        limit=5,
        types=frozenset(["a"]),
        not_types=frozenset(["b"]),
        senders=frozenset([ALICE]),
        not_senders=frozenset([BOB]),
        rooms=frozenset(["!a:x"]),
        not_rooms=frozenset(["!b:x"]),
        contains_url=True,
        lazy_load_members=True,
        include_redundant_members=True,
        unread_thread_notifications=True,
    )
    assert (read.room.state, read.room.timeline, read.room.ephemeral, read.room.account_data) == (whole,) * 4
    assert (read.room.rooms, read.room.not_rooms) == (frozenset(["!a:x"]), frozenset(["!b:x"]))
    assert read.room.include_leave
    assert (read.presence.limit, read.account_data.types) == (5, frozenset(["a"]))
    assert (read.event_format, read.event_fields) == ("federation", ("type",))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"room":[]}',
        '{"event_format":"xml"}',
        '{"event_fields":"type"}',
        '{"presence":{"senders":["alice"]}}',
        '{"presence":{"not_senders":[1]}}',
        '{"presence":{"types":"m.presence"}}',
        '{"account_data":{"limit":-1}}',
        '{"account_data":{"limit":"5"}}',
        '{"account_data":{"limit":1.5}}',
        '{"room":{"rooms":["#alias:x"]}}',
        '{"room":{"not_rooms":["room"]}}',
        '{"room":{"timeline":{"rooms":["@a:x"]}}}',
        '{"room":{"timeline":{"not_rooms":[""]}}}',
        '{"room":{"state":{"lazy_load_members":"yes"}}}',
        '{"room":{"include_leave":1}}',
    ],
)
def test_a_filter_of_the_wrong_form_is_malformed(text: str) -> None:
    with pytest.raises(Malformed, match="not a filter"):
        parse_filter(text)


@pytest.mark.parametrize("text", ["", "[]", '{"limit":-1}', '{"rooms":["x"]}', '{"senders":["x"]}'])
def test_a_filter_of_room_events_of_the_wrong_form_is_malformed(text: str) -> None:
    with pytest.raises(Malformed, match="not a filter"):
        parse_room_event_filter(text)


@pytest.mark.parametrize(
    ("asked", "given_"), [(None, DEFAULT_LIMIT_EVENTS), (0, 0), (1, 1), (50, 50), (10**9, MAX_LIMIT_EVENTS)]
)
def test_the_limit_has_a_default_and_a_ceiling(asked: int | None, given_: int) -> None:
    assert EventFilter(limit=asked).limit_events == given_


@pytest.mark.parametrize(
    ("pattern", "event_type", "matches"),
    [
        ("m.room.message", "m.room.message", True),
        ("m.room.message", "m.room.messages", False),
        ("m.room.*", "m.room.message", True),
        ("m.room.*", "m.room.", True),
        ("m.room.*", "m.roomX", False),
        ("*", "", True),
        ("*", "anything\nat all", True),
        ("*.message", "m.room.message", True),
        ("m.*.message", "m.room.message", True),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "abc", True),
        ("a*b*c", "acb", False),
        ("ab*ba", "aba", False),
        ("a**c", "abc", True),
        ("*a*a*", "a", False),
        ("m.r??m", "m.room", False),
        ("m.[r]*", "m.room", False),
    ],
)
def test_only_the_star_is_a_wildcard(pattern: str, event_type: str, matches: bool) -> None:
    assert _types(pattern).matches(event_type, ALICE) is matches
    assert EventFilter(not_types=frozenset([pattern])).matches(event_type, ALICE) is not matches


_letters = st.text("ab*", max_size=8)


@given(pattern=_letters, text=st.text("ab", max_size=10))
def test_wildcards_match_as_a_regular_expression_would(pattern: str, text: str) -> None:
    expression = ".*".join(re.escape(piece) for piece in pattern.split("*"))
    assert _types(pattern).matches(text, ALICE) is (re.fullmatch(expression, text, re.DOTALL) is not None)


def test_any_pattern_of_a_list_suffices_and_an_empty_list_matches_nothing() -> None:
    assert _types("m.a", "m.b*").matches("m.bc", ALICE)
    assert _types("m.a", "m.b*").matches("m.a", ALICE)
    assert not _types("m.a", "m.b*").matches("m.c", ALICE)
    assert not _types().matches("m.a", ALICE)
    assert not EventFilter(senders=frozenset()).matches("m.a", ALICE)


def test_what_is_excluded_stays_out_even_if_included() -> None:
    both = _parsed(types=["m.*"], not_types=[MESSAGE], senders=[ALICE, BOB], not_senders=[BOB])
    assert both.matches("m.room.topic", ALICE)
    assert not both.matches(MESSAGE, ALICE)
    assert not both.matches("m.room.topic", BOB)
    assert not both.matches("org.example", ALICE)


def test_senders_are_matched_whole() -> None:
    only_alice = _parsed(senders=[ALICE])
    assert only_alice.matches(MESSAGE, ALICE)
    assert not only_alice.matches(MESSAGE, ALICE + "0")


@pytest.mark.parametrize(
    ("contains_url", "with_url", "without_url"), [(None, True, True), (True, True, False), (False, False, True)]
)
def test_events_are_chosen_by_having_a_url(contains_url: bool | None, with_url: bool, without_url: bool) -> None:
    asked = RoomEventFilter(contains_url=contains_url)
    assert asked.matches(MESSAGE, ALICE, has_url=True) is with_url
    assert asked.matches(MESSAGE, ALICE, has_url=False) is without_url


@pytest.mark.parametrize("level", ["room", "events"])
def test_rooms_are_included_and_excluded(level: str) -> None:
    lists = {"rooms": ["!a:x", "!b:x"], "not_rooms": ["!b:x"]}
    asked = parse_filter(msgspec.json.encode({"room": lists})).room if level == "room" else _parsed(**lists)
    assert [asked.room_matches(room) for room in ("!a:x", "!b:x", "!c:x")] == [True, False, False]


def test_an_excluded_room_leaves_the_others() -> None:
    assert [_parsed(not_rooms=["!b:x"]).room_matches(room) for room in ("!a:x", "!b:x")] == [True, False]
