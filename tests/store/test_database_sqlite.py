"""What only SQLite can promise or suffer."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from sottovoce.infra.db import sqlite_writer
from sottovoce.infra.db.model import Batch, DatabaseUnusable, Query, Statement, WriteFailed
from sottovoce.infra.db.open import database_at

RESERVE = Statement("positions", "INSERT INTO positions (writer, reserved) VALUES ($1, $2)")
RESERVED = Query("SELECT writer FROM positions ORDER BY writer")


def batch_of(writer: str, log: list[str] | None = None) -> Batch:
    batch = Batch(on_failed=None if log is None else lambda: log.append(writer))
    batch.write(RESERVE, writer, 1)
    return batch


async def test_a_group_that_cannot_be_written_fails_whole_and_the_next_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_writer, "BUSY_TIMEOUT_MS", 10)
    database = database_at(tmp_path / "a.db")
    await database.start()
    log: list[str] = []
    stranger = apsw.Connection(str(tmp_path / "a.db"))
    stranger.execute("BEGIN IMMEDIATE")
    futures = [database.submit(batch_of(name, log)) for name in ("a", "b")]
    for future in futures:
        with pytest.raises(WriteFailed):
            await future
    stranger.execute("ROLLBACK")
    await database.commit(batch_of("c"))
    assert await database.all(RESERVED) == [("c",)]
    assert log == ["a", "b"]
    await database.stop()


async def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"a shopping list, not a database " * 100)
    database = database_at(path)
    with pytest.raises(DatabaseUnusable) as refusal:
        await database.start()
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    await database.stop()


async def test_readers_do_not_keep_the_log_from_being_checkpointed(tmp_path: Path) -> None:
    database = database_at(tmp_path / "a.db")
    await database.start()
    await database.commit(batch_of("a"))
    await database.one(RESERVED)
    await database.all_in_thread(RESERVED)
    stranger = apsw.Connection(str(tmp_path / "a.db"))
    busy, _, _ = stranger.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
    assert busy == 0
    stranger.close()
    await database.stop()


class CountingVfs(apsw.VFS):
    """The machine's file system, counting how often a write-ahead log is forced to the disk."""

    def __init__(self) -> None:
        self.log_syncs = 0
        self.below = apsw.vfs_names()[0]
        super().__init__("counting", "", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> "CountingFile":  # noqa: N802 - named by SQLite
        return CountingFile(self, name, flags)


class CountingFile(apsw.VFSFile):
    def __init__(self, vfs: CountingVfs, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__(vfs.below, name, flags)
        self._vfs = vfs
        self._is_log = bool(flags[0] & apsw.SQLITE_OPEN_WAL)

    def xSync(self, flags: int) -> None:  # noqa: N802 - named by SQLite
        self._vfs.log_syncs += self._is_log
        super().xSync(flags)


@pytest.fixture
def vfs() -> Iterator[CountingVfs]:
    vfs = CountingVfs()
    yield vfs
    vfs.unregister()


async def test_every_commit_is_forced_to_the_disk_before_its_writer_goes_on(vfs: CountingVfs, tmp_path: Path) -> None:
    database = database_at(tmp_path / "a.db")
    await database.start()
    for name in "abc":
        before = vfs.log_syncs
        await database.commit(batch_of(name))
        assert vfs.log_syncs > before
    await database.stop()
