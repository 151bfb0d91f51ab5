"""The PostgreSQL engine: a pool for reads, one writing connection whose transactions are the groups.

Imported only where a `postgresql://` address was given, so that the driver costs nothing to anybody else.
"""

import asyncio
from typing import Literal

import asyncpg
import structlog

from sottovoce.infra.db.commit_queue import CommitQueue, GroupDone
from sottovoce.infra.db.dialect import for_postgresql
from sottovoce.infra.db.migrate import Migration, packaged_migrations
from sottovoce.infra.db.model import Batch, DatabaseUnusable, OnCommit, OnGroup, Query, ReadParam, Row
from sottovoce.infra.db.postgresql_writer import SESSION_SETTINGS, STATEMENT_CACHE_SIZE, PostgresqlWriter

READING_CONNECTIONS = 8
CLOSE_WITHIN_S = 4.0

_log = structlog.get_logger()

_SIZE = Query("SELECT pg_database_size(current_database())")


class PostgresqlDatabase:
    """A database on a server. See model.Database for the contract."""

    engine: Literal["postgresql"] = "postgresql"

    def __init__(self, url: str, migrations: list[Migration] | None = None) -> None:
        self._url = url
        self._migrations = packaged_migrations() if migrations is None else migrations
        self._queue = CommitQueue(self._run_group)
        self._writer = PostgresqlWriter(url)
        self._writing: asyncio.Task[None] | None = None
        self._pool: asyncpg.Pool | None = None
        self._texts: dict[str, str] = {}

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
            await self._writer.open()
            await self._writer.migrate(self._migrations)
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=READING_CONNECTIONS,
                reset=_nothing_to_reset,
                statement_cache_size=STATEMENT_CACHE_SIZE,
                server_settings={**SESSION_SETTINGS, "default_transaction_read_only": "on"},
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DatabaseUnusable(f"cannot use the PostgreSQL database: {error}") from error
        self._queue.open()

    async def stop(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._queue.close()
        except TimeoutError:
            _log.warning("database.stop.undecided")
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        if self._pool is not None:
            await self._pool.close()
        await self._writer.close()

    async def all(self, query: Query, *params: ReadParam) -> list[Row]:
        assert self._pool is not None, "the database is not started"
        return [tuple(record) for record in await self._pool.fetch(self._text(query), *params)]

    async def one(self, query: Query, *params: ReadParam) -> Row | None:
        assert self._pool is not None, "the database is not started"
        record = await self._pool.fetchrow(self._text(query), *params)
        return None if record is None else tuple(record)

    async def all_in_thread(self, query: Query, *params: ReadParam) -> list[Row]:
        return await self.all(query, *params)

    async def size_bytes(self) -> int:
        row = await self.one(_SIZE)
        assert row is not None, "there is always one answer"
        return int(row[0])

    def submit(self, batch: Batch) -> asyncio.Future[None]:
        return self._queue.submit(batch)

    async def commit(self, batch: Batch) -> None:
        await self._queue.submit(batch)

    def _run_group(self, group: list[Batch], done: GroupDone) -> None:
        self._writing = asyncio.get_running_loop().create_task(self._decide(group, done), name="database.group")

    async def _decide(self, group: list[Batch], done: GroupDone) -> None:
        done(await self._writer.decide(group))

    def _text(self, query: Query) -> str:
        text = self._texts.get(query.sql)
        if text is None:
            text = self._texts[query.sql] = for_postgresql(query.sql)
        return text


async def _nothing_to_reset(connection: object) -> None:
    """Reads leave nothing behind in a session: the pool's own clean-up would cost a round trip per read."""
