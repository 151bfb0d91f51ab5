"""The readable schema is what the migrations make."""

from tools.schema import SCHEMA, current_schema


def test_schema_sql_is_what_the_migrations_make() -> None:
    assert SCHEMA.read_text("utf-8") == current_schema(), "run: python -m tools.schema"
