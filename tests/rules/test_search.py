"""The pure rules of searching."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sottovoce.domains.search.model import Hit, Page, Start
from sottovoce.domains.search.rules import (
    MAX_ASKED_WORDS,
    MAX_WORD_CHARACTERS,
    MAX_WORDS,
    asked_words,
    highlights,
    indexed,
    next_page,
    words_of,
)
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import EventId, RoomId, UserId


def an_event(kind: str, content: dict[str, object], state_key: str | None = None) -> Event:
    return Event(
        event_id=EventId("$a"),
        room_id=RoomId("!room"),
        type=kind,
        sender=UserId("@alice:test"),
        state_key=state_key,
        origin_server_ts=1,
        content=content,
        depth=1,
        prev_events=(),
        auth_events=(),
        redacts=None,
        pdu=b"",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ciao, mondo!", ["ciao", "mondo"]),
        ("perché PERCHÉ perche\u0301", ["perche", "perche", "perche"]),
        ("l'amico_mio 3.14", ["l", "amico", "mio", "3", "14"]),
        ("Straße Ελλάδα Ёлка", ["strasse", "ελλαδα", "елка"]),
        ("日本語 test", ["日", "本", "語", "test"]),
        ("ﬁn Ⅳ", ["fin", "iv"]),
        ("\0 \ud7ff !?", []),
    ],
)
def test_words_are_compared_without_case_and_accents(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text())
def test_a_word_holds_nothing_that_an_index_could_take_for_its_language(text: str) -> None:
    for word in words_of(text):
        assert word
        assert all(character.isalnum() for character in word)
        assert len(word) <= MAX_WORD_CHARACTERS


def test_words_have_bounds() -> None:
    assert len(words_of("a " * (MAX_WORDS + 10))) == MAX_WORDS
    assert len(words_of("x" * 10_000)[0]) == MAX_WORD_CHARACTERS
    assert asked_words("a b a b") == ["a", "b"]
    assert len(asked_words(" ".join(str(number) for number in range(100)))) == MAX_ASKED_WORDS


def test_what_is_marked_is_spelled_as_in_the_text() -> None:
    assert highlights(["Perché sì, perciò"], ["perc"]) == ["perc", "perché", "perciò"]
    assert highlights(["ciao"], []) == []


def test_of_messages_names_and_topics_the_text_is_indexed() -> None:
    assert indexed(an_event("m.room.message", {"body": "ciao"})) == ("content.body", "ciao")
    assert indexed(an_event("m.room.name", {"name": "Casa"}, "")) == ("content.name", "Casa")
    rich = {"m.text": [{"mimetype": "text/html", "body": "<b>"}, {"body": "due"}, 7]}
    assert indexed(an_event("m.room.topic", {"topic": "uno", "m.topic": rich}, "")) == ("content.topic", "uno\ndue")


@pytest.mark.parametrize(
    ("kind", "content", "state_key"),
    [
        ("m.room.message", {}, None),
        ("m.room.message", {"body": 7}, None),
        ("m.room.message", {"body": ""}, None),
        ("m.room.message", {"body": "x"}, ""),
        ("m.room.encrypted", {"body": "x"}, None),
        ("m.room.name", {"name": "x"}, None),
        ("m.room.name", {"name": "x"}, "other"),
        ("m.room.topic", {"topic": None, "m.topic": {"m.text": 1}}, ""),
    ],
)
def test_nothing_else_is(kind: str, content: dict[str, object], state_key: str | None) -> None:
    assert indexed(an_event(kind, content, state_key)) is None


def test_pages_go_on_by_rank_or_in_time() -> None:
    hits = [Hit(position, 1, 0.5) for position in (9, 7, 5)]
    start = Start(0, 100, 0, 0)
    page = Page([], hits, start, 2, is_cut=False)
    assert next_page(page, by_time=False) == Start(2, 100, 0, 0)
    assert next_page(page, by_time=True) == Start(0, 7, 0, 0)
    whole = page._replace(following=3)
    assert next_page(whole, by_time=False) is None
    assert next_page(whole, by_time=True) is None
    assert next_page(whole._replace(is_cut=True), by_time=True) == Start(0, 5, 0, 0)
