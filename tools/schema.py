"""Write `schema.sql`: what all migrations together make, as SQLite spells it, for reading. `--check` only compares."""

import sys
from pathlib import Path

import apsw

from sottovoce.infra.db.dialect import schema_for_sqlite
from sottovoce.infra.db.migrate import packaged_migrations

SCHEMA = Path(__file__).parent.parent / "src/sottovoce/migrations/schema.sql"
HEAD = "-- What the migrations make, whole. Made by `python -m tools.schema`; change a migration, not this file.\n"
TABLES_THEN_INDEXES = (
    "SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL"
    " AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')"
    " ORDER BY tbl_name, type = 'index', name"
)


def current_schema() -> str:
    """The text that schema.sql should have."""
    connection = apsw.Connection(":memory:")
    for step in packaged_migrations():
        connection.execute(schema_for_sqlite(step.sql))
    return "\n".join([HEAD, *(row[0] for row in connection.execute(TABLES_THEN_INDEXES)), ""])


def main() -> int:
    """Exit status 1 if `--check` finds the file stale."""
    if "--check" in sys.argv:
        return 0 if SCHEMA.read_text("utf-8") == current_schema() else 1
    SCHEMA.write_text(current_schema(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
