from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import (
    EventId,
    RoomId,
    ServerName,
    UserId,
    is_new_localpart,
    is_opaque_id,
    is_room_id,
    is_user_id,
    localpart_of,
    parse_event_id,
    parse_room_alias,
    parse_room_id,
    parse_server_name,
    parse_user_id,
    server_of,
    size_bytes,
    user_id,
)

HASH = "Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg"
LONE_SURROGATE = "\ud800"


@pytest.mark.parametrize(
    "name",
    ["matrix.org", "matrix.org:8888", "1.2.3.4", "1.2.3.4:1234", "[1234:5678::abcd]", "[1234:5678::abcd]:5678", "l"],
)
def test_server_names_of_every_kind_are_accepted(name: str) -> None:
    assert parse_server_name(name) == name


@pytest.mark.parametrize("name", ["", ":80", "a b", "a:", "a:123456", "a:b", "é.org", "[::1", "a/b", "a\n", "x" * 256])
def test_what_is_no_server_name_is_malformed(name: str) -> None:
    with pytest.raises(Malformed, match="server name"):
        parse_server_name(name)


@pytest.mark.parametrize("text", ["@alice:example.org", "@a:b:80", "@:example.org", "@Straße 7:x", "@a\nb:x"])
def test_user_ids_are_accepted_historical_ones_too(text: str) -> None:
    assert parse_user_id(text) == text
    assert is_user_id(text)


@pytest.mark.parametrize(
    "text", ["", "alice", "@alice", "@alice:", "alice:x", "@a\0:x", f"@{LONE_SURROGATE}:x", "@a:x y"]
)
def test_what_is_no_user_id_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        parse_user_id(text)


def test_the_limit_of_255_counts_bytes_not_characters() -> None:
    assert parse_user_id("@" + "a" * 252 + ":x")
    assert parse_user_id("@" + "é" * 126 + ":x")
    for too_long in ("@" + "a" * 253 + ":x", "@" + "é" * 127 + ":x"):
        with pytest.raises(Malformed):
            parse_user_id(too_long)


@pytest.mark.parametrize(
    ("parse", "good", "bad"),
    [
        (parse_room_id, ["!a:example.org", "!" + HASH, "!o p\n:x"], ["", "!", "a:x", "!a:", "!a\0:x", "!a:x y"]),
        (parse_event_id, ["$" + HASH, "$a:example.org", "$acR1l0raoZn/mY+U"], ["", "$", HASH, "$a:", "$\0"]),
        (parse_room_alias, ["#a:x", "#:x", "#caffè:example.org:80"], ["", "#a", "a:x", "#a:", "#a\0:x"]),
    ],
)
def test_rooms_events_and_aliases_keep_their_grammar(
    parse: Callable[[str], str], good: list[str], bad: list[str]
) -> None:
    assert [parse(text) for text in good] == good
    for text in bad:
        with pytest.raises(Malformed):
            parse(text)


def test_a_user_id_comes_apart_into_what_it_was_made_of() -> None:
    alice = user_id("alice", ServerName("example.org:8448"))
    assert alice == "@alice:example.org:8448"
    assert localpart_of(alice) == "alice"
    assert server_of(alice) == "example.org:8448"


def test_a_user_id_with_a_colon_inside_cannot_be_made() -> None:
    with pytest.raises(Malformed):
        user_id("a:b", ServerName("example.org"))


def test_an_id_made_of_a_hash_has_no_server() -> None:
    assert server_of(RoomId("!a:example.org")) == "example.org"
    for hashed in (RoomId("!" + HASH), EventId("$" + HASH)):
        with pytest.raises(Malformed, match="no domain"):
            server_of(hashed)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("alice", True),
        ("a.b_c=d-e/f+9", True),
        ("", False),
        ("Alice", False),
        ("é", False),
        ("a b", False),
        ("a\n", False),
    ],
)
def test_new_accounts_keep_the_strict_grammar(text: str, allowed: bool) -> None:
    assert is_new_localpart(text) is allowed


@pytest.mark.parametrize(
    ("text", "allowed"), [("aZ09.-_~", True), ("x" * 255, True), ("", False), ("x" * 256, False), ("a/b", False)]
)
def test_opaque_ids_are_unreserved_characters(text: str, allowed: bool) -> None:
    assert is_opaque_id(text) is allowed


def test_only_texts_are_ids() -> None:
    assert not is_user_id(None)
    assert not is_room_id(["!a:x"])
    assert is_room_id("!a:x")
    assert not is_room_id("@a:x")


def test_a_lone_surrogate_has_no_size() -> None:
    with pytest.raises(Malformed, match="surrogate"):
        size_bytes(LONE_SURROGATE)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_size_is_that_of_the_utf8_form(text: str) -> None:
    assert size_bytes(text) == len(text.encode())


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=":\0"), max_size=40))
def test_every_historical_localpart_survives_the_round_trip(localpart: str) -> None:
    assert localpart_of(UserId(user_id(localpart, ServerName("x.org")))) == localpart
