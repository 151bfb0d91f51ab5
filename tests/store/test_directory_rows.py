"""The rows of the directory, on both engines."""

import pytest

from sottovoce.domains.directory.model import AliasRecord
from sottovoce.domains.directory.store import AliasRows, PublishedRows
from sottovoce.infra.db.model import Batch, Database, WriteConflict
from sottovoce.protocol.ids import RoomAlias, RoomId, UserId

ALICE = UserId("@alice:test")
CASA, ALTRA = RoomAlias("#casa:test"), RoomAlias("#altra:test")
ONE, TWO = RoomId("!one"), RoomId("!two")


async def test_aliases_are_claimed_once_moved_and_removed(database: Database) -> None:
    rows = AliasRows(database)
    batch = Batch()
    rows.claim(batch, CASA, ONE, ALICE)
    rows.claim(batch, ALTRA, ONE, ALICE)
    await database.commit(batch)
    assert await rows.find_record(CASA) == AliasRecord(ONE, ALICE)
    assert await rows.list_of_room(ONE) == [ALTRA, CASA]
    again = Batch()
    rows.claim(again, CASA, TWO, ALICE)
    with pytest.raises(WriteConflict):
        await database.commit(again)
    batch = Batch()
    rows.move(batch, ONE, TWO)
    rows.remove(batch, ALTRA)
    await database.commit(batch)
    assert (await rows.list_of_room(ONE), await rows.list_of_room(TWO)) == ([], [CASA])
    batch = Batch()
    rows.remove_of_room(batch, TWO)
    await database.commit(batch)
    assert await rows.find(CASA) is None


async def test_rooms_are_published_and_withdrawn(database: Database) -> None:
    rows = PublishedRows(database)
    batch = Batch()
    for room_id in (TWO, ONE, ONE):
        rows.publish(batch, room_id)
    await database.commit(batch)
    assert (await rows.list_published(10), await rows.count()) == ([ONE, TWO], 2)
    assert await rows.list_published(1) == [ONE]
    batch = Batch()
    rows.remove(batch, ONE)
    await database.commit(batch)
    assert (await rows.is_published(ONE), await rows.is_published(TWO)) == (False, True)
