"""The pure rules of searching for rooms and people."""

import pytest

from sottovoce.domains.directory.model import RoomsFilter
from sottovoce.domains.directory.rules import in_order, is_found, rank, words_of
from sottovoce.domains.rooms.model import RoomSummary
from sottovoce.protocol.ids import RoomId, UserId


def a_room(room_id: str = "!a", people: int = 1, **fields: str) -> RoomSummary:
    return RoomSummary(RoomId(room_id), people, False, False, **fields)  # type: ignore[arg-type]


PIAZZA = a_room(name="Piazza", topic="Straße", canonical_alias="#verdura:test", room_type="m.space")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (RoomsFilter(), True),
        (RoomsFilter(""), True),
        (RoomsFilter("pIAZ"), True),
        (RoomsFilter("STRASSE"), True),
        (RoomsFilter("#verd"), True),
        (RoomsFilter("altro"), False),
        (RoomsFilter("piazza", ["m.space", None]), True),
        (RoomsFilter("piazza", [None]), False),
        (RoomsFilter(None, []), False),
    ],
)
def test_a_room_is_found_by_its_words_and_its_type(wanted: RoomsFilter, found: bool) -> None:
    assert is_found(PIAZZA, wanted) is found


def test_a_room_that_says_nothing_is_found_by_no_word() -> None:
    assert is_found(a_room(), RoomsFilter(room_types=[None]))
    assert not is_found(a_room(), RoomsFilter("x"))


def test_the_rooms_with_most_people_come_first() -> None:
    rooms = [a_room("!b", 1), a_room("!c", 9), a_room("!a", 1)]
    assert [each.room_id for each in in_order(rooms)] == ["!c", "!a", "!b"]


ANNA = UserId("@anna.b:test")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  ", []),
        ("Anna  BIANCHI", ["anna", "bianchi"]),
        ("perché È", ["perche", "e"]),
        ("STRASSE", ["strasse"]),
        ("Straße", ["strasse"]),
        ("ﬁlippo", ["filippo"]),
        ("Αθήνα", ["αθηνα"]),
    ],
)
def test_words_have_neither_capitals_nor_accents(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("term", "name", "place"),
    [
        ("anna", None, 1),
        ("@anna", None, 1),
        ("@anna.b:test", None, 1),
        ("nna", None, 2),
        ("bian", "Ànna Biànchi", 1),
        ("bianchi anna", "Anna Bianchi", 1),
        ("anchi", "Anna Bianchi", 2),
        ("bianchi carlo", "Anna Bianchi", None),
        ("zoe", "Anna", None),
    ],
)
def test_who_begins_with_all_words_comes_before_who_only_has_them(
    term: str, name: str | None, place: int | None
) -> None:
    assert rank(words_of(term), ANNA, name) == place
