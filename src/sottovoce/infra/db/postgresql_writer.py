"""PostgreSQL's one writer: groups as transactions, and certainty about each of them.

A connection can break while it commits, and then nobody has said whether the group is there. So each group leaves its
number in the row of `commits` as its last write, and the connection holds a lock that only one session can have: who
comes back waits for the lock, which means that the old session is really over, and reads the number.
"""

import asyncio
from functools import lru_cache

import asyncpg
import structlog

from sottovoce.infra.db.commit_queue import Outcome, overtaken
from sottovoce.infra.db.dialect import for_postgresql, schema_for_postgresql
from sottovoce.infra.db.migrate import ADD_APPLIED, CREATE_LEDGER, LIST_APPLIED, Migration, missing
from sottovoce.infra.db.model import Batch, DatabaseInUse, WriteConflict, WriteFailed
from sottovoce.infra.db.writes import Run, runs_by_table

STATEMENT_CACHE_SIZE = 1024
RECONNECT_AFTER_S = 0.5
FORMER_SESSION_ENDS_WITHIN_S = 10.0
SESSION_SETTINGS = {"synchronous_commit": "on", "jit": "off", "application_name": "sottovoce"}

_OWNER_LOCK = 0x536F74746F766F63
_CREATE_MARK = """CREATE TABLE IF NOT EXISTS commits (
    one SMALLINT NOT NULL PRIMARY KEY CHECK (one = 1),
    newest BIGINT NOT NULL
)"""
_FIRST_MARK = "INSERT INTO commits (one, newest) VALUES (1, 0) ON CONFLICT (one) DO NOTHING"
_NEWEST_MARK = "SELECT newest FROM commits"
_END_FORMER_SESSION = """SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE pid = $1 AND locktype = 'advisory' AND (classid::bigint << 32) + objid::bigint = $2"""

_log = structlog.get_logger()
_sql = lru_cache(maxsize=4096)(for_postgresql)

_LOST = (OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InternalClientError)


class _ConnectionLost(Exception):
    """The writing connection broke. What it was doing may or may not have happened."""


class PostgresqlWriter:
    """The writing connection."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection | None = None
        self._mark = 0

    async def open(self) -> None:
        """This session owns the database. Raises DatabaseInUse if another does."""
        self._connection = await self._connect()
        if not await self._connection.fetchval("SELECT pg_try_advisory_lock($1)", _OWNER_LOCK):
            raise DatabaseInUse("the PostgreSQL database is in use by another Sottovoce")
        await self._connection.execute(_CREATE_MARK)
        await self._connection.execute(_FIRST_MARK)
        self._mark = await self._connection.fetchval(_NEWEST_MARK)

    async def migrate(self, migrations: list[Migration]) -> None:
        """The schema is current. Raises DatabaseTooNew."""
        connection = self._open_connection()
        await connection.execute(CREATE_LEDGER)
        applied = [(int(row[0]), int(row[1])) for row in await connection.fetch(LIST_APPLIED.sql)]
        for step in missing(migrations, applied):
            async with connection.transaction():
                await connection.execute(schema_for_postgresql(step.sql))
                await connection.execute(ADD_APPLIED.sql, step.number, step.name, step.compatible)

    async def close(self) -> None:
        """The session is over and the database free."""
        if self._connection is not None:
            await self._connection.close()

    async def decide(self, group: list[Batch]) -> list[Outcome]:
        """One outcome per batch, certain. Waits for the server to come back if it is away."""
        self._mark += 1
        while True:
            outcomes: list[Outcome] = []
            try:
                await self._try(group, outcomes)
            except _ConnectionLost:
                if not await self._is_marked_after_reconnecting():
                    continue
            return outcomes

    async def _try(self, group: list[Batch], outcomes: list[Outcome]) -> None:
        try:
            await self._execute("BEGIN")
            await self._write(runs_by_table(group))
            outcomes[:] = [None] * len(group)
            await self._commit()
        except _ConnectionLost:
            raise
        except Exception:  # noqa: BLE001 - whatever is wrong with one batch, the replay finds out which
            await self._replay(group, outcomes)

    async def _replay(self, group: list[Batch], outcomes: list[Outcome]) -> None:
        try:
            await self._execute("ROLLBACK; BEGIN")
            outcomes[:] = await self._apply_each(group)
            await self._commit()
        except _ConnectionLost:
            raise
        except Exception as error:  # noqa: BLE001 - a full disk: nothing of the group can be kept
            await self._execute("ROLLBACK")
            outcomes[:] = [_failure(error) for _ in group]

    async def _apply_each(self, group: list[Batch]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        broken_lanes: set[str] = set()
        for batch in group:
            outcome = overtaken() if batch.lane in broken_lanes else await self._apply(batch)
            if outcome is not None and batch.lane is not None:
                broken_lanes.add(batch.lane)
            outcomes.append(outcome)
        return outcomes

    async def _apply(self, batch: Batch) -> Outcome:
        await self._execute("SAVEPOINT batch")
        try:
            await self._write(runs_by_table([batch]))
        except _ConnectionLost:
            raise
        except Exception as error:  # noqa: BLE001 - a batch that cannot be written fails alone, whatever the reason
            await self._execute("ROLLBACK TO SAVEPOINT batch; RELEASE SAVEPOINT batch")
            return _failure(error)
        await self._execute("RELEASE SAVEPOINT batch")
        return None

    async def _write(self, runs: list[Run]) -> None:
        connection = self._open_connection()
        for statement, params in runs:
            try:
                await connection.executemany(_sql(statement.sql), params)
            except Exception as error:
                raise self._as_lost(error) from error

    async def _commit(self) -> None:
        await self._execute(f"UPDATE commits SET newest = {self._mark}; COMMIT")

    async def _execute(self, sql: str) -> None:
        try:
            await self._open_connection().execute(sql)
        except Exception as error:
            raise self._as_lost(error) from error

    def _as_lost(self, error: Exception) -> Exception:
        is_lost = isinstance(error, _LOST) or self._open_connection().is_closed()
        return _ConnectionLost() if is_lost else error

    async def _is_marked_after_reconnecting(self) -> bool:
        former = self._open_connection()
        former_pid = former.get_server_pid()
        former.terminate()
        _log.warning("database.connection.lost")
        while True:
            try:
                async with asyncio.timeout(FORMER_SESSION_ENDS_WITHIN_S):
                    return await self._take_over(former_pid)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("database.away", error=str(error))
            await asyncio.sleep(RECONNECT_AFTER_S)

    async def _take_over(self, former_pid: int) -> bool:
        connection = await self._connect()
        try:
            await connection.fetch(_END_FORMER_SESSION, former_pid, _OWNER_LOCK)
            await connection.execute(f"SELECT pg_advisory_lock({_OWNER_LOCK})")
            is_marked = bool(await connection.fetchval(_NEWEST_MARK) == self._mark)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        _log.info("database.connection.back")
        return is_marked

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._url, server_settings=SESSION_SETTINGS, statement_cache_size=STATEMENT_CACHE_SIZE
        )

    def _open_connection(self) -> asyncpg.Connection:
        assert self._connection is not None, "the database is not started"
        return self._connection


def _failure(error: Exception) -> WriteFailed:
    kind = WriteConflict if isinstance(error, asyncpg.IntegrityConstraintViolationError) else WriteFailed
    failure = kind(str(error))
    failure.__cause__ = error
    return failure
