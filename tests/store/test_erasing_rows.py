"""The rows of a room that ends, on both engines."""

from sottovoce.domains.rooms.model import CreateRoom
from sottovoce.domains.rooms.ports import ErasedRoom
from sottovoce.domains.rooms.store import ErasingRows
from sottovoce.infra.db.model import Batch, Database, Query
from tests.store.test_room_rows import ALICE, BOB, TEXT, Run, a_run, said

_EVENTS = Query("SELECT type, device_id, pdu FROM events WHERE room_key = $1 ORDER BY position")
_LEFT = Query("SELECT COUNT(*) FROM room_state")


async def test_who_was_there_stays_until_nothing_does(database: Database) -> None:
    run: Run = await a_run(database)
    room_id = await run.rooms.create(ALICE, CreateRoom(name="Casa", invite=[BOB]))
    await run.rooms.send(room_id, ALICE, TEXT, said("ciao"), None)
    room = await run.rooms.memory.room(room_id)
    assert room is not None
    key, rows = room.room_key, ErasingRows(database)
    staying = await rows.list_staying(key, 0, 100)
    assert await rows.list_staying(key, 0, 1) == staying[:1]
    assert await rows.list_staying(key, staying[0], 100) == staying[1:]
    batch = Batch()
    rows.remove_content(batch, key)
    rows.empty_event(batch, staying[0], b"{}")
    rows.add_erased(batch, key, 1_000)
    await database.commit(batch)
    left = await database.all(_EVENTS, key)
    assert [row[0] for row in left] == ["m.room.create", "m.room.member", "m.room.member"]
    assert bytes(left[0][2]) == b"{}"
    assert await rows.list_erased(1_000, 10) == []
    assert await rows.list_erased(1_001, 10) == [ErasedRoom(key, room_id)]
    batch = Batch()
    rows.add_erased(batch, key, 5_000)
    rows.remove_all(batch, ErasedRoom(key, room_id))
    await database.commit(batch)
    assert (await database.all(_EVENTS, key), await database.one(_LEFT)) == ([], (0,))
    assert await rows.list_erased(9_000, 10) == []
