"""All that SQLite and PostgreSQL spell differently."""

import re
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\$(\d+)")
_LIST = re.compile(r"\{list:\$(\d+):(bigint|text)\}")
_ARRAY = re.compile(r"\{array:(\w+):([^{}]+)\}")

_SQLITE_TOKENS = {"{bytes}": "BLOB", "{key}": "INTEGER PRIMARY KEY", "{clustered}": "WITHOUT ROWID"}
_POSTGRESQL_TOKENS = {"{bytes}": "BYTEA", "{key}": "BIGINT PRIMARY KEY", "{clustered}": ""}
_ONLY = re.compile(r"^\{only (sqlite|postgresql)\}\n(.*?)^\{end\}\n", re.MULTILINE | re.DOTALL)
_TEXT = re.compile(r"\bTEXT\b")


@dataclass(frozen=True, slots=True)
class SqliteText:
    """SQL as SQLite reads it; `lists` are the indexes (from 0) of the parameters to hand over as JSON arrays."""

    sql: str
    lists: tuple[int, ...]


def for_sqlite(sql: str) -> SqliteText:
    """The text with ?1, ?2… for $1, $2…, lists read out of a JSON array, and arrays gathered into one."""
    lists = tuple(sorted({int(number) - 1 for number, _ in _LIST.findall(sql)}))
    text = _LIST.sub(r"(SELECT value FROM json_each($\1))", sql)
    text = _ARRAY.sub(r"(SELECT json_group_array(\1) FROM (\2))", text)
    return SqliteText(_PLACEHOLDER.sub(r"?\1", text), lists)


def for_postgresql(sql: str) -> str:
    """The text with lists as arrays, and arrays as JSON."""
    text = _ARRAY.sub(r"(SELECT array_to_json(ARRAY(\2))::text)", sql)
    return _LIST.sub(r"(SELECT unnest($\1::\2[]))", text)


def schema_for_sqlite(sql: str) -> str:
    """A migration with its tokens ({bytes}, {key}, {clustered}) and the parts {only …} … {end} as SQLite has them."""
    return _replaced(_own_parts(sql, "sqlite"), _SQLITE_TOKENS)


def schema_for_postgresql(sql: str) -> str:
    """A migration as PostgreSQL spells it; texts compare by their bytes, as in SQLite."""
    return _TEXT.sub('TEXT COLLATE "C"', _replaced(_own_parts(sql, "postgresql"), _POSTGRESQL_TOKENS))


def _own_parts(sql: str, engine: str) -> str:
    return _ONLY.sub(lambda part: part[2] if part[1] == engine else "", sql)


def _replaced(sql: str, tokens: dict[str, str]) -> str:
    for token, text in tokens.items():
        sql = sql.replace(token, text)
    return sql
