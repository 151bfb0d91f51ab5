"""SQLite's one writer: a thread with the only connection that may write.

A group is one transaction without savepoints, its writes put together by table. If anything in it fails it is rolled
back and run again batch by batch, each in a savepoint, so that a bad batch fails alone.
"""

import asyncio
import threading
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue

import apsw

from sottovoce.infra.db.commit_queue import GroupDone, Outcome, overtaken
from sottovoce.infra.db.dialect import for_sqlite, schema_for_sqlite
from sottovoce.infra.db.migrate import ADD_APPLIED, CREATE_LEDGER, LIST_APPLIED, Migration, missing
from sottovoce.infra.db.model import Batch, WriteConflict, WriteFailed
from sottovoce.infra.db.writes import Run, runs_by_table

CHECKPOINT_PAGES = 16_000
WRITER_CACHE_KIB = 8_192
STATEMENT_CACHE_SIZE = 512
BUSY_TIMEOUT_MS = 5_000
"""How long a group waits for another process that is writing to the file."""

_Job = tuple[list[Batch], GroupDone, asyncio.AbstractEventLoop]

_sql = lru_cache(maxsize=4096)(lambda sql: for_sqlite(sql).sql)


class SqliteWriter:
    """The writing connection and its thread."""

    def __init__(self, path: Path) -> None:
        self._connection = apsw.Connection(str(path), statementcachesize=STATEMENT_CACHE_SIZE)
        self._connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="database-writer", daemon=True)

    def prepare(self, migrations: list[Migration]) -> None:
        """The file is in WAL mode, synchronised at each commit, and its schema is current. Raises DatabaseTooNew.

        What is deleted is overwritten, so that nothing of it stays in the file.
        """
        self._execute("PRAGMA journal_mode = WAL")
        self._execute("PRAGMA synchronous = FULL")
        self._execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        self._execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
        self._execute("PRAGMA temp_store = MEMORY")
        self._execute("PRAGMA secure_delete = ON")
        self._migrate(migrations)

    def start(self) -> None:
        """Groups are taken from now on."""
        self._thread.start()

    def run(self, group: list[Batch], done: GroupDone) -> None:
        """Hand a group over; `done` is called on the running event loop when it is decided."""
        self._jobs.put((group, done, asyncio.get_running_loop()))

    def close(self) -> None:
        """The thread has ended, after the groups it had, and the file is closed."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        while self._work_once():
            pass

    def _work_once(self) -> bool:
        """A group is decided, and nothing of it kept while the next is waited for; False at the end."""
        job = self._jobs.get()
        if job is None:
            return False
        group, done, loop = job
        loop.call_soon_threadsafe(done, self._decide(group))
        return True

    def _decide(self, group: list[Batch]) -> list[Outcome]:
        try:
            self._execute("BEGIN IMMEDIATE")
            self._write(runs_by_table(group))
            self._execute("COMMIT")
        except Exception:  # noqa: BLE001 - whatever is wrong with one batch, the replay finds out which
            return self._replay(group)
        return [None] * len(group)

    def _replay(self, group: list[Batch]) -> list[Outcome]:
        try:
            self._roll_back()
            self._execute("BEGIN IMMEDIATE")
            outcomes = self._apply_each(group)
            self._execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - a full disk, a lost file: nothing of the group can be kept
            self._roll_back()
            return [_failure(error) for _ in group]
        return outcomes

    def _apply_each(self, group: list[Batch]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        broken_lanes: set[str] = set()
        for batch in group:
            outcome = overtaken() if batch.lane in broken_lanes else self._apply(batch)
            if outcome is not None and batch.lane is not None:
                broken_lanes.add(batch.lane)
            outcomes.append(outcome)
        return outcomes

    def _apply(self, batch: Batch) -> Outcome:
        self._execute("SAVEPOINT batch")
        try:
            self._write(runs_by_table([batch]))
        except Exception as error:  # noqa: BLE001 - a batch that cannot be written fails alone, whatever the reason
            self._execute("ROLLBACK TO batch")
            self._execute("RELEASE batch")
            return _failure(error)
        self._execute("RELEASE batch")
        return None

    def _write(self, runs: list[Run]) -> None:
        for statement, params in runs:
            self._connection.executemany(_sql(statement.sql), params)

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._execute("ROLLBACK")

    def _execute(self, sql: str) -> None:
        self._connection.execute(sql).fetchall()

    def _migrate(self, migrations: list[Migration]) -> None:
        self._execute(CREATE_LEDGER)
        applied = [(int(row[0]), int(row[1])) for row in self._connection.execute(LIST_APPLIED.sql)]
        for step in missing(migrations, applied):
            with self._connection:
                self._execute(schema_for_sqlite(step.sql))
                self._connection.execute(_sql(ADD_APPLIED.sql), (step.number, step.name, step.compatible))


def _failure(error: Exception) -> WriteFailed:
    kind = WriteConflict if isinstance(error, apsw.ConstraintError) else WriteFailed
    failure = kind(str(error))
    failure.__cause__ = error
    return failure
