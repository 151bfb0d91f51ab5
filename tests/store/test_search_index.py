"""The index of words, on both engines."""

import pytest

from sottovoce.domains.search.model import KEYS, Entry, Key, Question
from sottovoce.domains.search.ports import SearchIndex
from sottovoce.domains.search.rules import words_of
from sottovoce.domains.search.store import index_of
from sottovoce.infra.db.model import Batch, Database

EVER = 1 << 40


@pytest.fixture
def index(database: Database) -> SearchIndex:
    return index_of(database)


def entry(position: int, text: str, room_key: int = 1, key: Key = "content.body") -> Entry:
    return Entry(position, room_key, key, words_of(text))


async def add(database: Database, index: SearchIndex, *entries: Entry) -> None:
    batch = Batch()
    for each in entries:
        index.add(batch, each)
    await database.commit(batch)


def asking(text: str, *, rooms: tuple[int, ...] = (1, 2), keys: tuple[Key, ...] = KEYS) -> Question:
    return Question(words_of(text), list(keys), list(rooms))


async def found(index: SearchIndex, question: Question) -> list[int]:
    newest = [hit.position for hit in await index.find_newest(question, EVER, 100)]
    best = [hit.position for hit in await index.find_best(question, 100)]
    assert sorted(newest) == sorted(best)
    return newest


async def test_every_word_must_begin_one_of_the_event(database: Database, index: SearchIndex) -> None:
    await add(database, index, entry(3, "il mare d'inverno"), entry(5, "il maresciallo"), entry(7, "la mara"))
    assert await found(index, asking("mar")) == [7, 5, 3]
    assert await found(index, asking("mare")) == [5, 3]
    assert await found(index, asking("mare inv")) == [3]
    assert await found(index, asking("il")) == [5, 3]


async def test_rooms_and_keys_narrow_it(database: Database, index: SearchIndex) -> None:
    await add(
        database, index, entry(3, "casa", 1), entry(5, "casa", 2), entry(7, "casa", 12), entry(9, "casa", 1, KEYS[1])
    )
    assert await found(index, asking("casa")) == [9, 5, 3]
    assert await found(index, asking("casa", rooms=(12,))) == [7]
    assert await found(index, asking("casa", keys=("content.name",))) == [9]
    assert await found(index, asking("r1")) == []
    assert await found(index, asking("contentbody")) == []


async def test_many_rooms_are_searched_at_once(database: Database, index: SearchIndex) -> None:
    await add(database, index, *(entry(number, "casa", number) for number in range(1, 3_000)))
    assert len(await found(index, asking("casa", rooms=tuple(range(1, 5_000))))) == 100


async def test_results_have_an_order_and_a_limit(database: Database, index: SearchIndex) -> None:
    await add(database, index, entry(3, "mare mare mare"), entry(5, "il mare e " + "tanto altro " * 40), entry(7, "no"))
    assert [hit.position for hit in await index.find_best(asking("mare"), 1)] == [3]
    assert [hit.position for hit in await index.find_newest(asking("mare"), EVER, 1)] == [5]
    assert [hit.position for hit in await index.find_newest(asking("mare"), 5, 9)] == [3]
    best, other = await index.find_best(asking("mare"), 2)
    assert best.rank > other.rank


async def test_what_is_removed_is_found_no_more(database: Database, index: SearchIndex) -> None:
    await add(database, index, entry(3, "casa"), entry(5, "casa"), entry(7, "casa", 2))
    batch = Batch()
    index.remove(batch, 3)
    index.remove(batch, 4)
    await database.commit(batch)
    assert await found(index, asking("casa")) == [7, 5]
    batch = Batch()
    index.remove_room(batch, 1)
    await database.commit(batch)
    assert await found(index, asking("casa")) == [7]
    batch = Batch()
    index.set_cursor(batch, 9)
    await database.commit(batch)
    assert await index.find_cursor() == 9
    batch = Batch()
    index.clear(batch)
    await database.commit(batch)
    assert await found(index, asking("casa")) == []
    assert await index.find_cursor() == 0


async def test_long_texts_and_all_scripts_are_taken(database: Database, index: SearchIndex) -> None:
    await add(database, index, entry(3, " ".join(f"parola{number}" for number in range(6_000))))
    await add(database, index, entry(5, "नमस्ते 日本語 Ελλάδα שלום 🎉 ½ x²"))
    assert await found(index, asking("parola4999")) == [3]
    for word in ("नमस्ते", "本", "ελλαδα", "שלום"):
        assert await found(index, asking(word)) == [5]
