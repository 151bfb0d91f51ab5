"""The rows of receipts, on both engines: what is in memory and what is stored say the same."""

import pytest

from sottovoce.domains.receipts.model import MAIN, NOTHING_READ, PRIVATE, PUBLIC, UNTHREADED, Receipt, ReceiptKey
from sottovoce.domains.receipts.store import ReceiptRows
from sottovoce.infra.db.model import Batch, Database, Statement, WriteFailed
from sottovoce.protocol.ids import EventId, RoomId, UserId

ALICE, BOB = UserId("@alice:test"), UserId("@bob:test")
HERE, THERE = RoomId("!here"), RoomId("!there")
_BROKEN = Statement("receipts", "INSERT INTO receipts (room_id) VALUES ($1)")


def receipt(
    position: int,
    event_position: int,
    *,
    user_id: UserId = ALICE,
    room_id: RoomId = HERE,
    receipt_type: str = PUBLIC,
    thread_id: str = UNTHREADED,
) -> Receipt:
    key = ReceiptKey(room_id, user_id, receipt_type, thread_id)
    return Receipt(key, EventId(f"${event_position}"), event_position, 1_700_000_000_000, position)


async def give(database: Database, rows: ReceiptRows, *receipts: Receipt) -> None:
    for each in receipts:
        batch = Batch(on_failed=lambda given=each: rows.forget_failed(given))  # type: ignore[misc]
        rows.add(batch, each)
        await database.commit(batch)


async def test_a_receipt_is_found_by_its_key_also_by_another_run(database: Database) -> None:
    given = receipt(10, 5, thread_id=MAIN)
    rows = ReceiptRows(database)
    await give(database, rows, given)
    for each in (rows, ReceiptRows(database)):
        assert await each.find(given.key) == given
        assert await each.find(receipt(10, 5).key) is None


async def test_a_receipt_further_back_does_not_replace_the_stored_one(database: Database) -> None:
    await give(database, ReceiptRows(database), receipt(10, 5), receipt(11, 4))
    assert await ReceiptRows(database).find(receipt(0, 0).key) == receipt(10, 5)


async def test_a_receipt_counts_before_it_is_committed(database: Database) -> None:
    rows = ReceiptRows(database)
    assert await rows.find(receipt(0, 0).key) is None
    rows.add(Batch(), receipt(10, 5))
    assert await rows.find(receipt(0, 0).key) == receipt(10, 5)


async def test_a_receipt_whose_batch_failed_was_never_given(database: Database) -> None:
    rows = ReceiptRows(database)
    await give(database, rows, receipt(10, 5))
    failing = receipt(11, 6)
    batch = Batch(on_failed=lambda: rows.forget_failed(failing))
    rows.add(batch, failing)
    batch.write(_BROKEN, None)
    with pytest.raises(WriteFailed):
        await database.commit(batch)
    assert await rows.find(failing.key) == receipt(10, 5)
    assert await rows.list_between([HERE], BOB, 9, 20) == {HERE: [receipt(10, 5)]}


async def test_private_receipts_are_listed_for_their_giver_only(database: Database) -> None:
    rows = ReceiptRows(database)
    private = receipt(10, 5, receipt_type=PRIVATE)
    await give(database, rows, private)
    for each in (rows, ReceiptRows(database)):
        assert await each.list_all([HERE], ALICE) == {HERE: [private]}
        assert await each.list_all([HERE], BOB) == {}
        assert await each.list_between([HERE], ALICE, 9, 10) == {HERE: [private]}
        assert await each.list_between([HERE], BOB, 9, 10) == {}


async def test_receipts_are_listed_by_when_they_were_given(database: Database) -> None:
    rows = ReceiptRows(database)
    first, second, third = receipt(10, 5), receipt(11, 4, user_id=BOB), receipt(12, 6, user_id=BOB, room_id=THERE)
    await give(database, rows, first, second, third)
    for each in (rows, ReceiptRows(database)):
        assert await each.list_between([HERE, THERE], ALICE, 9, 20) == {HERE: [first, second], THERE: [third]}
        assert await each.list_between([HERE, THERE], ALICE, 10, 11) == {HERE: [second]}
        assert await each.list_between([THERE], ALICE, 9, 11) == {}


async def test_what_was_given_before_the_memory_began_is_read_from_the_store(database: Database) -> None:
    await give(database, ReceiptRows(database), receipt(10, 5))
    rows = ReceiptRows(database)
    await give(database, rows, receipt(11, 5, user_id=BOB))
    assert await rows.list_between([HERE], ALICE, 9, 11) == {HERE: [receipt(10, 5), receipt(11, 5, user_id=BOB)]}


async def test_of_several_receipts_of_one_key_the_last_is_listed(database: Database) -> None:
    rows = ReceiptRows(database)
    await give(database, rows, receipt(10, 5), receipt(11, 6))
    for each in (rows, ReceiptRows(database)):
        assert await each.list_between([HERE], BOB, 9, 11) == {HERE: [receipt(11, 6)]}


async def test_the_memory_is_bounded_and_what_fell_out_is_read_from_the_store(
    monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    monkeypatch.setattr("sottovoce.domains.receipts.store.recent.RECENT_PER_ROOM_MAX", 2)
    monkeypatch.setattr("sottovoce.domains.receipts.store.recent.RECENT_ROOMS_MAX", 1)
    monkeypatch.setattr("sottovoce.domains.receipts.store.rows.OWN_KEPT_MAX", 1)
    rows = ReceiptRows(database)
    people = [UserId(f"@{number}:test") for number in range(5)]
    given = [receipt(10 + number, 5, user_id=person) for number, person in enumerate(people)]
    await give(database, rows, *given)
    await give(database, rows, receipt(20, 7, room_id=THERE))
    assert await rows.list_between([HERE], ALICE, 9, 20) == {HERE: given}
    marks = await rows.find_read_marks(ALICE, [HERE, THERE])
    assert [marks[room].unthreaded for room in (HERE, THERE)] == [0, 7]


async def test_read_marks_stay_the_same_object_until_something_is_read(database: Database) -> None:
    rows = ReceiptRows(database)
    assert (await rows.find_read_marks(ALICE, [HERE]))[HERE] is NOTHING_READ
    await give(database, rows, receipt(10, 5, thread_id=MAIN))
    marks = (await rows.find_read_marks(ALICE, [HERE, THERE]))[HERE]
    assert marks == (0, {MAIN: 5}, 10)
    await give(database, rows, receipt(11, 6, user_id=BOB))
    assert (await rows.find_read_marks(ALICE, [HERE]))[HERE] is marks


async def test_what_was_given_is_listed_whoever_may_see_it(database: Database) -> None:
    rows = ReceiptRows(database)
    given = [receipt(10, 5), receipt(11, 6, user_id=BOB, receipt_type=PRIVATE), receipt(12, 1, room_id=THERE)]
    await give(database, rows, *given)
    for each in (rows, ReceiptRows(database)):
        assert await each.list_given([HERE, THERE], 9, 12) == {HERE: given[:2], THERE: given[2:]}
        assert await each.list_given([HERE], 10, 11) == {HERE: [given[1]]}
        assert await each.list_given([HERE, THERE], 12, 20) == {}


async def test_ones_own_receipts_are_listed_by_room(database: Database) -> None:
    rows = ReceiptRows(database)
    mine = [receipt(10, 5), receipt(12, 7, thread_id=MAIN)]
    await give(database, rows, mine[0], receipt(11, 6, user_id=BOB), mine[1])
    for each in (rows, ReceiptRows(database)):
        assert await each.list_own(ALICE, [HERE, THERE]) == {HERE: mine, THERE: []}
