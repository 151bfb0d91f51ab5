"""The rows of delayed events, on both engines."""

import msgspec
import pytest

from sottovoce.domains.delayed.model import DelayedEvent, Order
from sottovoce.domains.delayed.store import DelayedRows
from sottovoce.infra.db.model import Batch, Database, WriteConflict
from sottovoce.protocol.ids import DeviceId, EventId, RoomId, UserId

ALICE, BOB = UserId("@alice:test"), UserId("@bob:test")
ROOM = RoomId("!room")


@pytest.fixture
def rows(database: Database) -> DelayedRows:
    return DelayedRows(database)


def delayed(delay_id: str, since_ms: int, *, user_id: UserId = ALICE, txn_id: str | None = None) -> DelayedEvent:
    order = Order(user_id, DeviceId("PHONE"), txn_id, ROOM, "it.own", None, {"n": 1})
    return DelayedEvent(delay_id, order, 10, since_ms)


async def add(database: Database, rows: DelayedRows, *events: DelayedEvent) -> None:
    batch = Batch()
    for each in events:
        rows.add(batch, each, msgspec.json.encode(each.order.content))
    await database.commit(batch)


async def test_what_is_due_is_found_by_its_time(database: Database, rows: DelayedRows) -> None:
    await add(database, rows, delayed("b", 200), delayed("a", 100), delayed("c", 300, user_id=BOB))
    assert await rows.find_next_due() == 110
    assert await rows.list_due(210, 9) == ["a", "b"]
    assert await rows.list_due(310, 2) == ["a", "b"]
    assert [each.delay_id for each in await rows.list_scheduled(ALICE, 9)] == ["a", "b"]
    assert await rows.find("a") == delayed("a", 100)
    assert await rows.find("none") is None
    batch = Batch()
    rows.set_restarted(batch, "a", 900, 910)
    rows.set_finalised(batch, "b", 250, EventId("$b"), None)
    rows.set_finalised(batch, "c", 260, None, b'{"errcode":"M_UNKNOWN"}')
    await database.commit(batch)
    assert await rows.list_due(1_000, 9) == ["a"]
    sent, failed = await rows.find("b"), await rows.find("c")
    assert sent is not None
    assert failed is not None
    assert (sent.event_id, sent.finalised_at_ms, sent.order.content) == ("$b", 250, {})
    assert failed.order.content == {"n": 1}
    assert failed.error == msgspec.Raw(b'{"errcode":"M_UNKNOWN"}')


async def test_a_transaction_makes_one(database: Database, rows: DelayedRows) -> None:
    await add(database, rows, delayed("a", 100, txn_id="t"), delayed("b", 100), delayed("c", 100))
    assert await rows.find_by_transaction(ALICE, DeviceId("PHONE"), "t", ROOM, "it.own") == "a"
    assert await rows.find_by_transaction(ALICE, DeviceId("PHONE"), "t", ROOM, "it.other") is None
    with pytest.raises(WriteConflict):
        await add(database, rows, delayed("d", 100, txn_id="t"))


async def test_what_is_over_is_removed(database: Database, rows: DelayedRows) -> None:
    await add(database, rows, delayed("a", 100), delayed("b", 100), delayed("c", 100), delayed("d", 1, user_id=BOB))
    batch = Batch()
    for at_ms, delay_id in ((200, "a"), (300, "b"), (150, "d")):
        rows.set_finalised(batch, delay_id, at_ms, None, None)
    await database.commit(batch)
    assert await rows.find_nth_finalised(ALICE, 0) == 300
    assert await rows.find_nth_finalised(ALICE, 2) is None
    batch = Batch()
    rows.remove_finalised(batch, ALICE, 200)
    await database.commit(batch)
    assert [await rows.find(delay_id) is None for delay_id in "abcd"] == [True, False, False, False]
    batch = Batch()
    rows.remove_finalised(batch, None, 150)
    rows.remove_of_user(batch, ALICE)
    await database.commit(batch)
    assert [await rows.find(delay_id) is None for delay_id in "abcd"] == [True] * 4
    await add(database, rows, delayed("a", 100))
    batch = Batch()
    rows.remove_of_room(batch, ROOM)
    await database.commit(batch)
    assert await rows.find("a") is None
