"""The index: one port, an adapter for what each engine has for searching."""

from sottovoce.infra.db.model import Database

from ..ports import SearchIndex
from .postgresql import PostgresqlIndex
from .sqlite import SqliteIndex

__all__ = ["index_of"]


def index_of(database: Database) -> SearchIndex:
    """The index that this database's engine keeps."""
    return SqliteIndex(database) if database.engine == "sqlite" else PostgresqlIndex(database)
