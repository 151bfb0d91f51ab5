"""Which engine an address means."""

from pathlib import Path

from sottovoce.infra.db.migrate import Migration
from sottovoce.infra.db.model import Database
from sottovoce.infra.db.sqlite import SqliteDatabase

_POSTGRESQL_SCHEMES = ("postgresql://", "postgres://")


def database_at(address: str | Path, migrations: list[Migration] | None = None) -> Database:
    """The database at a file's path or a postgresql:// address, not started yet.

    migrations: those packaged with the program, unless a test gives others.
    """
    if isinstance(address, str) and address.startswith(_POSTGRESQL_SCHEMES):
        from sottovoce.infra.db.postgresql import PostgresqlDatabase  # noqa: PLC0415 - its driver costs megabytes

        return PostgresqlDatabase(address, migrations)
    return SqliteDatabase(Path(address), migrations)
