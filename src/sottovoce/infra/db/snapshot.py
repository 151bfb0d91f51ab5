"""The whole database at one moment, as one SQLite file, whichever engine it comes from or goes to."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import apsw

from sottovoce.infra.db.dialect import schema_for_sqlite
from sottovoce.infra.db.migrate import CREATE_LEDGER, LIST_APPLIED, missing, packaged_migrations
from sottovoce.infra.db.model import DatabaseUnusable, Row

BACKUP_STEP_PAGES = 4_096
COPIED_AT_ONCE_ROWS = 2_000
_TABLES = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'derived_%'"
    " ORDER BY name"
)
"""Tables called derived_… are made again by whoever keeps them: each engine has its own."""


async def take(address: str | Path, target: Path) -> None:
    """The file `target`, which must not exist, holds what was committed at one moment; a running server goes on.

    Raises DatabaseUnusable.
    """
    if isinstance(address, Path):
        _take_file(address, target)
    else:
        await _take_from_server(address, target)


async def put(source: Path, address: str | Path) -> None:
    """The database at this address, where there was none, is the one in the file. Raises DatabaseUnusable."""
    newest = _newest_migration(source)
    if isinstance(address, Path):
        if address.exists():
            raise DatabaseUnusable(f"there is a database already: {address}")
        source.replace(address)
    else:
        _check_is_current(newest)
        await _put_on_server(source, address)


def _newest_migration(path: Path) -> int | None:
    """The newest step of the schema of a file's database. Raises DatabaseUnusable, DatabaseTooNew."""
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            applied = [(int(row[0]), int(row[1])) for row in connection.execute(LIST_APPLIED.sql)]
        finally:
            connection.close()
    except apsw.Error as error:
        raise DatabaseUnusable(f"the file holds no database of Sottovoce: {error}") from error
    missing(packaged_migrations(), applied)
    return max((number for number, _ in applied), default=None)


def _take_file(path: Path, target: Path) -> None:
    if not path.exists():
        raise DatabaseUnusable(f"there is no database to keep a copy of: {path}")
    source = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    copy = apsw.Connection(str(target))
    try:
        # One step takes the whole file while its snapshot stands: writers go on, and nothing is begun again.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        with copy.backup("main", source, "main") as backup:
            while not backup.done:
                backup.step(BACKUP_STEP_PAGES)
        copy.execute("PRAGMA journal_mode = DELETE")
    except apsw.Error as error:
        raise DatabaseUnusable(f"cannot copy the database {path}: {error}") from error
    finally:
        copy.close()
        source.close()


async def _take_from_server(url: str, target: Path) -> None:
    import asyncpg  # noqa: PLC0415 - costs megabytes, and only PostgreSQL needs it

    copy = _empty_file(target)
    try:
        connection = await asyncpg.connect(url)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                _check_is_current(await connection.fetchval("SELECT max(number) FROM migrations"))
                copy.execute("BEGIN")
                for table in _tables(copy):
                    await _copy_table(connection, copy, table)
                copy.execute("COMMIT")
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnusable(f"cannot copy the PostgreSQL database: {error}") from error
    finally:
        copy.close()


async def _copy_table(connection: Any, copy: apsw.Connection, table: str) -> None:
    columns = _columns(copy, table)
    marks = ", ".join(f"?{number}" for number in range(1, len(columns) + 1))
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    rows = await connection.cursor(f"SELECT {', '.join(columns)} FROM {table}")
    while lot := await rows.fetch(COPIED_AT_ONCE_ROWS):
        copy.executemany(insert, [tuple(row) for row in lot])


async def _put_on_server(source: Path, url: str) -> None:
    import asyncpg  # noqa: PLC0415 - as above

    from sottovoce.infra.db.postgresql_writer import PostgresqlWriter  # noqa: PLC0415 - as above

    writer = PostgresqlWriter(url)
    try:
        connection = await asyncpg.connect(url)
        try:
            if await connection.fetchval("SELECT to_regclass('migrations')") is not None:
                raise DatabaseUnusable("there is a database already at this PostgreSQL address")
            await writer.open()
            await writer.migrate(packaged_migrations())
            async with connection.transaction():
                await _fill(connection, apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READONLY))
        finally:
            await writer.close()
            await connection.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, apsw.Error) as error:
        raise DatabaseUnusable(f"cannot fill the PostgreSQL database: {error}") from error


async def _fill(connection: Any, source: apsw.Connection) -> None:
    for table in _tables(source):
        if table == "migrations":
            continue
        columns = _columns(source, table)
        rows = source.execute(f"SELECT {', '.join(columns)} FROM {table}")
        for lot in _in_lots(rows):
            await connection.copy_records_to_table(table, records=lot, columns=columns)
    source.close()


def _empty_file(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    for step in packaged_migrations():
        connection.execute(schema_for_sqlite(step.sql))
    connection.execute(CREATE_LEDGER)
    return connection


def _check_is_current(newest: int | None) -> None:
    known = packaged_migrations()[-1].number
    if newest != known:
        raise DatabaseUnusable(
            f"the database has schema {newest} and this program {known}: start this version of the server on it first"
        )


def _tables(connection: apsw.Connection) -> list[str]:
    return [str(name) for (name,) in connection.execute(_TABLES)]


def _columns(connection: apsw.Connection, table: str) -> list[str]:
    return [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]


def _in_lots(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while lot := list(islice(remaining, COPIED_AT_ONCE_ROWS)):
        yield lot
