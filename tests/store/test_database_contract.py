"""What every database promises, on each engine."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from sottovoce.infra.db.migrate import Migration
from sottovoce.infra.db.model import Batch, Database, Param, Query, Statement, WriteConflict, WriteFailed
from sottovoce.infra.db.open import database_at

SCHEMA = Migration(
    0,
    "tests_letters_and_tallies",
    0,
    """
    CREATE TABLE letters (number {key}, body {bytes}, word TEXT);
    CREATE TABLE tallies (name TEXT NOT NULL PRIMARY KEY, total BIGINT NOT NULL) {clustered};
    """,
)
ADD = Statement("letters", "INSERT INTO letters (number, body, word) VALUES ($1, $2, $3)")
RENAME = Statement("letters", "UPDATE letters SET word = $2 WHERE number = $1")
COUNT = Statement(
    "tallies",
    "INSERT INTO tallies (name, total) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET total = tallies.total + 1",
)
NUMBERS = Query("SELECT number FROM letters ORDER BY number")
WORD = Query("SELECT word FROM letters WHERE number = $1")
TOTAL = Query("SELECT total FROM tallies WHERE name = $1")


@pytest.fixture
async def letters(database_address: str) -> AsyncIterator[Database]:
    database = database_at(database_address, [SCHEMA])
    await database.start()
    yield database
    await database.stop()


def batch_of(*numbers: int, lane: str | None = None, log: list[object] | None = None) -> Batch:
    """A batch that adds these letters, announces them, and tells `log` if it fails."""
    batch = Batch(lane=lane, on_failed=None if log is None else lambda: log.append(("failed", numbers)))
    for number in numbers:
        batch.write(ADD, number, b"body", f"word {number}")
        batch.announce(number)
    return batch


async def numbers(database: Database) -> list[int]:
    return [row[0] for row in await database.all(NUMBERS)]


def heard_by(database: Database) -> list[object]:
    """A list that grows by what the database announces."""
    heard: list[object] = []

    def listen(announcements: Sequence[object]) -> None:
        heard.extend(announcements)

    database.on_commit = listen
    return heard


async def test_a_committed_batch_can_be_read(letters: Database) -> None:
    await letters.commit(batch_of(1, 2))
    assert await numbers(letters) == [1, 2]


async def test_who_wrote_a_batch_learns_of_its_commit_before_all_others(letters: Database) -> None:
    heard = heard_by(letters)
    batch = batch_of(1)
    batch.on_committed = lambda: heard.append("mine")
    future = letters.submit(batch)
    future.add_done_callback(lambda _: heard.append("done"))
    broken = Batch(on_committed=lambda: heard.append("never"))
    broken.write(ADD, 1, b"twice", None)
    with pytest.raises(WriteConflict):
        await letters.commit(broken)
    await future
    await asyncio.sleep(0)
    assert heard == ["mine", 1, "done"]


@pytest.mark.parametrize("value", [b"\x00\xff bytes", b"", None])
async def test_bytes_come_back_as_they_went_in(letters: Database, value: Param) -> None:
    batch = Batch()
    batch.write(ADD, 1, value, None)
    await letters.commit(batch)
    assert await letters.all(Query("SELECT body, word FROM letters")) == [(value, None)]


async def test_numbers_of_64_bits_come_back_as_they_went_in(letters: Database) -> None:
    await letters.commit(batch_of(2**63 - 1, -(2**63)))
    assert await numbers(letters) == [-(2**63), 2**63 - 1]


async def test_one_answers_none_when_there_is_no_row(letters: Database) -> None:
    assert await letters.one(WORD, 7) is None


async def test_one_answers_a_plain_tuple(letters: Database) -> None:
    await letters.commit(batch_of(7))
    row = await letters.one(WORD, 7)
    assert type(row) is tuple
    assert row == ("word 7",)


async def test_a_list_of_numbers_may_be_asked_for(letters: Database) -> None:
    await letters.commit(batch_of(1, 2, 3))
    query = Query("SELECT word FROM letters WHERE number IN {list:$1:bigint} AND number > $2 ORDER BY number")
    assert await letters.all(query, [1, 3, 9], 1) == [("word 3",)]
    assert await letters.all(query, (), 0) == []


async def test_a_list_of_texts_may_be_asked_for(letters: Database) -> None:
    await letters.commit(batch_of(1, 2, 3))
    query = Query("SELECT number FROM letters WHERE word IN {list:$1:text} ORDER BY number")
    assert await letters.all(query, ["word 3", "word 1", "l'«altra»\n\""]) == [(1,), (3,)]


async def test_a_read_in_a_thread_sees_what_was_committed(letters: Database) -> None:
    await letters.commit(batch_of(1))
    assert await letters.all_in_thread(WORD, 1) == [("word 1",)]
    await letters.commit(batch_of(2))
    assert await letters.all_in_thread(WORD, 2) == [("word 2",)]


async def test_texts_are_ordered_by_their_bytes(letters: Database) -> None:
    words = ["a", "B", "é", "_", "😀", "ﬀ"]
    batch = Batch()
    for number, word in enumerate(words):
        batch.write(ADD, number, None, word)
    await letters.commit(batch)
    rows = await letters.all(Query("SELECT word FROM letters ORDER BY word"))
    assert [row[0] for row in rows] == sorted(words, key=str.encode)


async def test_reads_cannot_write(letters: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only"):
        await letters.all(Query("DELETE FROM letters RETURNING number"))


async def test_announcements_are_heard_in_the_order_of_submission(letters: Database) -> None:
    heard = heard_by(letters)
    await asyncio.gather(*(letters.submit(batch_of(number)) for number in range(2000)))
    assert heard == list(range(2000))


async def test_announcements_are_heard_before_the_writer_of_the_batch_goes_on(letters: Database) -> None:
    heard = heard_by(letters)
    future = letters.submit(batch_of(1))
    future.add_done_callback(lambda _: heard.append("resolved"))
    await future
    assert heard == [1, "resolved"]


async def test_a_batch_is_completed_when_it_is_submitted(letters: Database) -> None:
    order: list[str] = []
    batch = Batch()
    batch.complete_with(lambda completed: order.append("completed"))
    batch.complete_with(lambda completed: completed.write(ADD, 1, None, "a"))
    order.append("made")
    await letters.commit(batch)
    assert order == ["made", "completed"]
    assert await letters.one(WORD, 1) == ("a",)


async def test_what_is_announced_can_already_be_read_back(letters: Database) -> None:
    loop = asyncio.get_running_loop()
    reads: list[asyncio.Task[list[int]]] = []
    letters.on_commit = lambda _: reads.append(loop.create_task(numbers(letters)))
    await letters.commit(batch_of(1))
    assert await reads[0] == [1]


async def test_writes_of_one_table_keep_their_order_within_a_group(letters: Database) -> None:
    batches = [batch_of(number) for number in range(3)]
    for batch in batches:
        batch.write(COUNT, "all")
        batch.write(RENAME, 0, f"renamed by {batch.announcements[0]}")
    await asyncio.gather(*(letters.submit(batch) for batch in batches))
    assert await letters.one(WORD, 0) == ("renamed by 2",)
    assert await letters.one(TOTAL, "all") == (3,)


async def test_a_failed_batch_leaves_nothing_behind(letters: Database) -> None:
    heard = heard_by(letters)
    bad = batch_of(1, 2, 2)
    bad.write(COUNT, "all")
    with pytest.raises(WriteConflict):
        await letters.commit(bad)
    assert await numbers(letters) == []
    assert await letters.one(TOTAL, "all") is None
    assert heard == []


async def test_a_failed_batch_fails_alone_in_its_group(letters: Database) -> None:
    heard = heard_by(letters)
    batches = [batch_of(1), batch_of(1), batch_of(2)]
    outcomes = await asyncio.gather(*(letters.submit(batch) for batch in batches), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), WriteConflict, type(None)]
    assert await numbers(letters) == [1, 2]
    assert heard == [1, 2]


async def test_a_batch_the_driver_cannot_even_send_fails_alone(letters: Database) -> None:
    unsendable = Batch()
    unsendable.write(ADD, 2**64, b"too large a number", "word")
    outcomes = await asyncio.gather(letters.submit(unsendable), letters.submit(batch_of(1)), return_exceptions=True)
    assert isinstance(outcomes[0], WriteFailed)
    assert outcomes[1] is None
    assert await numbers(letters) == [1]


async def test_later_batches_of_a_failed_lane_in_the_same_group_fail_too(letters: Database) -> None:
    log: list[object] = []
    batches = [
        batch_of(1, lane="room", log=log),
        batch_of(1, lane="room", log=log),
        batch_of(2, lane="room", log=log),
        batch_of(3, lane="other", log=log),
        batch_of(4, log=log),
    ]
    await asyncio.gather(*(letters.submit(batch) for batch in batches), return_exceptions=True)
    assert await numbers(letters) == [1, 3, 4]
    assert log == [("failed", (1,)), ("failed", (2,))]


async def test_batches_of_a_failed_lane_still_waiting_for_their_group_fail_too(letters: Database) -> None:
    log: list[object] = []
    await letters.commit(batch_of(1))
    bad = letters.submit(batch_of(1, lane="room", log=log))
    await asyncio.sleep(0)  # the bad batch leaves with its group; the next ones wait for it
    behind = letters.submit(batch_of(2, lane="room", log=log))
    beside = letters.submit(batch_of(3, lane="other", log=log))
    outcomes = await asyncio.gather(bad, behind, beside, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [WriteConflict, WriteFailed, type(None)]
    assert log == [("failed", (1,)), ("failed", (2,))]
    assert await numbers(letters) == [1, 3]


async def test_a_lane_works_again_after_its_failure_was_told(letters: Database) -> None:
    await letters.commit(batch_of(1, lane="room"))
    retried: list[asyncio.Future[None]] = []
    bad = Batch(lane="room", on_failed=lambda: retried.append(letters.submit(batch_of(2, lane="room"))))
    bad.write(ADD, 1, b"", "")
    with pytest.raises(WriteConflict):
        await letters.commit(bad)
    await retried[0]
    assert await numbers(letters) == [1, 2]


async def test_owners_of_failed_batches_are_told_before_any_future_resolves(letters: Database) -> None:
    log: list[object] = []
    batches = [batch_of(1), batch_of(1, log=log), batch_of(1, log=log)]
    for batch in batches:
        letters.submit(batch).add_done_callback(lambda future: log.append(("resolved", future.exception() is None)))
    await letters.commit(batch_of(9))
    assert log[:2] == [("failed", (1,)), ("failed", (1,))]
    assert sorted(log[2:], key=str) == [("resolved", False), ("resolved", False), ("resolved", True)]


async def test_a_cancelled_caller_does_not_stop_the_write(letters: Database) -> None:
    heard = heard_by(letters)
    writing = asyncio.get_running_loop().create_task(letters.commit(batch_of(1)))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await letters.commit(batch_of(2))
    assert await numbers(letters) == [1, 2]
    assert heard == [1, 2]


async def test_a_listener_that_fails_does_not_hide_the_commit_from_its_writer(letters: Database) -> None:
    def fail(announcements: Sequence[object]) -> None:
        raise RuntimeError

    letters.on_commit = fail
    await letters.commit(batch_of(1))
    assert await numbers(letters) == [1]


async def test_stop_waits_for_every_submitted_batch(database_address: str) -> None:
    database = database_at(database_address, [SCHEMA])
    await database.start()
    futures = [database.submit(batch_of(number)) for number in range(1500)]
    await database.stop()
    assert all(future.done() and future.exception() is None for future in futures)
    again = database_at(database_address, [SCHEMA])
    await again.start()
    assert await numbers(again) == list(range(1500))
    await again.stop()


async def test_a_stopped_database_refuses_writes(database_address: str) -> None:
    database = database_at(database_address, [SCHEMA])
    await database.start()
    await database.stop()
    with pytest.raises(WriteFailed):
        database.submit(batch_of(1))


async def test_an_empty_batch_announces_too(letters: Database) -> None:
    heard = heard_by(letters)
    batch = Batch()
    batch.announce("news")
    await letters.commit(batch)
    assert heard == ["news"]


async def test_it_knows_what_it_takes_on_the_disk(database: Database) -> None:
    assert await database.size_bytes() > 10_000
