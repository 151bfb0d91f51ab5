"""The SQLite engine: one writer thread that commits in groups, and reads in the event loop itself.

A short read takes microseconds, a trip to a thread and back takes a hundred: so `all` and `one` are coroutines that
never suspend. The reading connections cannot write, and see a group as soon as it is committed.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, cast

import apsw
import msgspec

from sottovoce.infra.db.commit_queue import CommitQueue, GroupDone
from sottovoce.infra.db.dialect import SqliteText, for_sqlite
from sottovoce.infra.db.migrate import Migration, packaged_migrations
from sottovoce.infra.db.model import Batch, DatabaseUnusable, OnCommit, OnGroup, Query, ReadParam, Row
from sottovoce.infra.db.sqlite_writer import SqliteWriter

STATEMENT_CACHE_SIZE = 512
READER_CACHE_KIB = 16_384
THREAD_READER_CACHE_KIB = 4_096
READING_THREADS = 2


class SqliteDatabase:
    """A database in one file. See model.Database for the contract."""

    engine: Literal["sqlite"] = "sqlite"

    def __init__(self, path: Path, migrations: list[Migration] | None = None) -> None:
        self._path = path
        self._migrations = packaged_migrations() if migrations is None else migrations
        self._queue = CommitQueue(self._run_group)
        self._writer: SqliteWriter | None = None
        self._reader: _Reader | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._thread_readers: list[_Reader] = []
        self._thread_local = threading.local()

    @property
    def on_commit(self) -> OnCommit:
        return self._queue.on_commit

    @on_commit.setter
    def on_commit(self, listener: OnCommit) -> None:
        self._queue.on_commit = listener

    @property
    def on_group(self) -> OnGroup | None:
        return self._queue.on_group

    @on_group.setter
    def on_group(self, listener: OnGroup | None) -> None:
        self._queue.on_group = listener

    async def start(self) -> None:
        try:
            self._writer = SqliteWriter(self._path)
            self._writer.prepare(self._migrations)
            self._reader = _Reader(self._path, READER_CACHE_KIB)
        except apsw.Error as error:
            raise DatabaseUnusable(f"cannot use the database {self._path}: {error}") from error
        self._writer.start()
        self._queue.open()

    async def stop(self) -> None:
        await self._queue.close()
        if self._threads is not None:
            self._threads.shutdown()
        for reader in (*self._thread_readers, self._reader):
            if reader is not None:
                reader.close()
        if self._writer is not None:
            self._writer.close()

    async def all(self, query: Query, *params: ReadParam) -> list[Row]:
        assert self._reader is not None, "the database is not started"
        return self._reader.all(query, params)

    async def one(self, query: Query, *params: ReadParam) -> Row | None:
        assert self._reader is not None, "the database is not started"
        rows = self._reader.all(query, params)
        return rows[0] if rows else None

    async def size_bytes(self) -> int:
        log = self._path.with_name(f"{self._path.name}-wal")
        return sum(path.stat().st_size for path in (self._path, log) if path.exists())

    async def all_in_thread(self, query: Query, *params: ReadParam) -> list[Row]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(READING_THREADS, "database-reader")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._all_here, query, params)

    def submit(self, batch: Batch) -> asyncio.Future[None]:
        return self._queue.submit(batch)

    async def commit(self, batch: Batch) -> None:
        await self._queue.submit(batch)

    def _run_group(self, group: list[Batch], done: GroupDone) -> None:
        assert self._writer is not None
        self._writer.run(group, done)

    def _all_here(self, query: Query, params: tuple[ReadParam, ...]) -> list[Row]:
        reader: _Reader | None = getattr(self._thread_local, "reader", None)
        if reader is None:
            reader = self._thread_local.reader = _Reader(self._path, THREAD_READER_CACHE_KIB)
            self._thread_readers.append(reader)
        return reader.all(query, params)


class _Reader:
    """A connection that only reads, for the use of one thread."""

    def __init__(self, path: Path, cache_kib: int) -> None:
        self._connection = apsw.Connection(
            str(path), flags=apsw.SQLITE_OPEN_READONLY, statementcachesize=STATEMENT_CACHE_SIZE
        )
        self._connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        self._cursor = self._connection.cursor()
        self._texts: dict[str, SqliteText] = {}

    def all(self, query: Query, params: tuple[ReadParam, ...]) -> list[Row]:
        # fetchall always: a statement left half read would pin an old snapshot and hold the checkpoint up.
        text = self._texts.get(query.sql)
        if text is None:
            text = self._texts[query.sql] = for_sqlite(query.sql)
        if text.lists:
            params = _with_lists_as_json(params, text.lists)
        return cast("list[Row]", self._cursor.execute(text.sql, params).fetchall())

    def close(self) -> None:
        self._connection.close()


def _with_lists_as_json(params: tuple[ReadParam, ...], lists: tuple[int, ...]) -> tuple[ReadParam, ...]:
    encoded = list(params)
    for index in lists:
        encoded[index] = msgspec.json.encode(encoded[index]).decode()
    return tuple(encoded)
