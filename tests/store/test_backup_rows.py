"""The rows of backups, on both engines."""

from sottovoce.domains.keys.model import BackedUpKey, Backup, BackupPart, KeyValue
from sottovoce.domains.keys.store import BackupRows
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import UserId

ALICE, BOB = UserId("@alice:test"), UserId("@bob:test")
ALL = BackupPart(None, None)


def key(room_id: str, session_id: str, index: int = 0) -> BackedUpKey:
    return BackedUpKey(room_id, session_id, KeyValue(index, 1, True, b'{"a":1}'))


async def with_keys(database: Database, *keys: BackedUpKey) -> BackupRows:
    rows, batch = BackupRows(database), Batch()
    rows.add_backup(batch, ALICE, 1, "algorithm", b"{}")
    rows.add_backup(batch, BOB, 1, "algorithm", b"{}")
    for each in keys:
        rows.set_key(batch, ALICE, 1, each)
    rows.set_key(batch, BOB, 1, key("!b", "bobs"))
    await database.commit(batch)
    return rows


async def test_the_newest_backup_that_is_there_is_current(database: Database) -> None:
    rows = await with_keys(database)
    batch = Batch()
    rows.add_backup(batch, ALICE, 2, "other", b'{"a":1}')
    rows.set_auth_data(batch, ALICE, 2, b'{"b":2}')
    rows.set_backup_count(batch, ALICE, 2, 7, 3)
    await database.commit(batch)
    newest = Backup(2, "other", b'{"b":2}', 7, 3, is_deleted=False)
    assert await rows.find_current_backup(ALICE) == await rows.find_backup(ALICE, 2) == newest
    batch = Batch()
    rows.delete_backup(batch, ALICE, 2)
    await database.commit(batch)
    assert await rows.find_current_backup(ALICE) == Backup(1, "algorithm", b"{}", 0, 0, is_deleted=False)
    assert await rows.find_newest_version(ALICE) == 2
    assert await rows.count_backups(ALICE) == 1
    assert await rows.find_newest_version(UserId("@carol:test")) == 0


async def test_keys_are_found_by_part(database: Database) -> None:
    mine = [key("!a", "1"), key("!a", "2"), key("!b", "1")]
    rows = await with_keys(database, key("!a", "1", 9), *mine)
    assert sorted(await rows.list_keys(ALICE, 1, ALL)) == mine
    assert sorted(await rows.list_keys(ALICE, 1, BackupPart("!a", None))) == mine[:2]
    assert await rows.list_keys(ALICE, 1, BackupPart("!b", "1")) == mine[2:]
    assert await rows.list_keys(ALICE, 2, ALL) == []
    assert await rows.list_same_keys(ALICE, 1, [key("!a", "2"), key("!a", "3")]) == [mine[1]]
    assert await rows.count_keys(ALICE, 1, BackupPart("!a", None)) == 2
    assert await rows.count_keys(ALICE, 1, BackupPart("!a", "3")) == 0


async def test_keys_are_removed_by_part(database: Database) -> None:
    keys = [key("!a", "1"), key("!a", "2"), key("!b", "1"), key("!b", "2")]
    rows = await with_keys(database, *keys)
    for part, left in ((BackupPart("!a", "1"), keys[1:]), (BackupPart("!a", None), keys[2:]), (ALL, [])):
        batch = Batch()
        rows.remove_keys(batch, ALICE, 1, part)
        await database.commit(batch)
        assert sorted(await rows.list_keys(ALICE, 1, ALL)) == left
    assert len(await rows.list_keys(BOB, 1, ALL)) == 1


async def test_of_somebody_forgotten_nothing_is_left(database: Database) -> None:
    rows, batch = await with_keys(database, key("!a", "1")), Batch()
    rows.remove_backups(batch, ALICE)
    await database.commit(batch)
    assert await rows.find_newest_version(ALICE) == 0
    assert await rows.list_keys(ALICE, 1, ALL) == []
    assert await rows.find_current_backup(BOB) is not None
