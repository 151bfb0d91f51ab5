"""Migrations: numbered SQL files, each applied once, in order, in a transaction of its own.

A file may open with the line `-- compatible: N`: programs that know migration N and nothing later can still work on
a database that has this one. Without the line, only programs that know the file itself can.
"""

import re
from dataclasses import dataclass
from importlib.resources import files

from sottovoce.infra.db.model import DatabaseTooNew, Query, Statement

CREATE_LEDGER = """CREATE TABLE IF NOT EXISTS migrations (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    compatible BIGINT NOT NULL
)"""
LIST_APPLIED = Query("SELECT number, compatible FROM migrations ORDER BY number")
ADD_APPLIED = Statement("migrations", "INSERT INTO migrations (number, name, compatible) VALUES ($1, $2, $3)")

_FILE_NAME = re.compile(r"(\d{4})_([a-z]+_[a-z0-9_]+)\.sql")
_COMPATIBLE = re.compile(r"\A-- compatible: (\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema. compatible: the lowest highest-known number a program may have to use its result."""

    number: int
    name: str
    compatible: int
    sql: str


def migration(file_name: str, sql: str) -> Migration | None:
    """The migration in a file of this name, or None if the name is not a migration's."""
    named = _FILE_NAME.fullmatch(file_name)
    if named is None:
        return None
    number = int(named[1])
    compatible = _COMPATIBLE.search(sql)
    return Migration(number, named[2], int(compatible[1]) if compatible else number, sql)


def packaged_migrations() -> list[Migration]:
    """The migrations this program knows, by number."""
    entries = files("sottovoce.migrations").iterdir()
    found = [migration(entry.name, entry.read_text("utf-8")) for entry in entries if entry.name.endswith(".sql")]
    known = sorted((step for step in found if step is not None), key=lambda step: step.number)
    numbers = [step.number for step in known]
    assert len(set(numbers)) == len(numbers), f"two migrations share a number: {numbers}"
    return known


def missing(known: list[Migration], applied: list[tuple[int, int]]) -> list[Migration]:
    """The migrations to apply, in order, to a database whose ledger holds `applied` (number, compatible).

    Raises DatabaseTooNew if the database has a step that this program must not work on.
    """
    newest_known = max((step.number for step in known), default=-1)
    needed = max((compatible for _, compatible in applied), default=-1)
    if needed > newest_known:
        raise DatabaseTooNew(
            f"the database is newer than this program: it needs schema {needed}, this program knows {newest_known}"
        )
    done = {number for number, _ in applied}
    return [step for step in known if step.number not in done]
