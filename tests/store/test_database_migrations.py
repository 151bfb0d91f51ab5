"""Migrations: applied once, in order, whole or not at all; a program never works on what it does not understand."""

import pytest

from sottovoce.infra.db.migrate import Migration, migration, missing, packaged_migrations
from sottovoce.infra.db.model import Batch, DatabaseTooNew, DatabaseUnusable, Query, Statement
from sottovoce.infra.db.open import database_at

FIRST = Migration(0, "tests_words", 0, "CREATE TABLE words (word TEXT NOT NULL PRIMARY KEY) {clustered};")
SECOND = Migration(1, "tests_lengths", 1, "ALTER TABLE words ADD COLUMN length BIGINT NOT NULL DEFAULT 3;")
BROKEN = Migration(1, "tests_broken", 1, "CREATE TABLE half (number {key}); CREATE TABLE words (oops TEXT);")


async def test_a_later_program_adds_only_what_is_missing(database_address: str) -> None:
    database = database_at(database_address, [FIRST])
    await database.start()
    batch = Batch()
    batch.write(Statement("words", "INSERT INTO words (word) VALUES ($1)"), "ciao")
    await database.commit(batch)
    await database.stop()
    later = database_at(database_address, [FIRST, SECOND])
    await later.start()
    assert await later.all(Query("SELECT word, length FROM words")) == [("ciao", 3)]
    await later.stop()


async def test_a_database_newer_than_the_program_is_refused(database_address: str) -> None:
    newer = database_at(database_address, [FIRST, SECOND])
    await newer.start()
    await newer.stop()
    older = database_at(database_address, [FIRST])
    with pytest.raises(DatabaseTooNew, match="newer than this program"):
        await older.start()
    await older.stop()


async def test_a_migration_that_fails_leaves_nothing_behind(database_address: str) -> None:
    broken = database_at(database_address, [FIRST, BROKEN])
    with pytest.raises(DatabaseUnusable):
        await broken.start()
    await broken.stop()
    database = database_at(database_address, [FIRST])
    await database.start()
    with pytest.raises(Exception, match="half"):
        await database.all(Query("SELECT * FROM half"))
    await database.stop()


def test_a_step_that_says_older_programs_may_use_it_lets_them() -> None:
    assert missing([FIRST], [(0, 0), (1, 0)]) == []
    with pytest.raises(DatabaseTooNew):
        missing([FIRST], [(0, 0), (1, 1)])


def test_a_step_asks_for_a_program_that_knows_it_unless_it_says_otherwise() -> None:
    strict = migration("0007_rooms_topic.sql", "CREATE TABLE x (y TEXT);")
    lenient = migration("0007_rooms_topic.sql", "-- compatible: 5\nCREATE TABLE x (y TEXT);")
    assert strict is not None
    assert (strict.number, strict.name, strict.compatible) == (7, "rooms_topic", 7)
    assert lenient is not None
    assert lenient.compatible == 5


@pytest.mark.parametrize("name", ["schema.sql", "7_rooms_topic.sql", "0007_rooms.sql", "0007_rooms_topic.sql.orig"])
def test_other_files_are_no_migrations(name: str) -> None:
    assert migration(name, "") is None


def test_packaged_migrations_are_numbered_without_a_gap() -> None:
    assert [step.number for step in packaged_migrations()] == list(range(len(packaged_migrations())))
