"""The index in PostgreSQL: a text search vector, made here, so that words are the same on both engines."""

from sottovoce.infra.db.model import Batch, Query, Statement

from ..model import Entry, Hit, Question
from .cursor import CursorRows

_MAX_VECTOR_POSITION = 16_383

_ASKED = "CAST(CAST($1 AS text) AS tsquery)"
_RANK = f"ts_rank(words, {_ASKED})"
_BEST = Query(
    f"SELECT position, room_key, {_RANK} FROM derived_search WHERE words @@ {_ASKED}"
    f" ORDER BY {_RANK} DESC, position DESC LIMIT $2"
)
_NEWEST = Query(
    f"SELECT position, room_key, {_RANK} FROM derived_search WHERE words @@ {_ASKED} AND position < $2"
    " ORDER BY position DESC LIMIT $3"
)
_ADD = Statement(
    "derived_search",
    "INSERT INTO derived_search (position, room_key, words) VALUES ($1, $2, CAST(CAST($3 AS text) AS tsvector))",
)
_REMOVE = Statement("derived_search", "DELETE FROM derived_search WHERE position = $1")


class PostgresqlIndex(CursorRows):
    """Implements ports.SearchIndex."""

    async def find_best(self, question: Question, limit: int) -> list[Hit]:
        return [Hit(*row) for row in await self._database.all_in_thread(_BEST, _asked(question), limit)]

    async def find_newest(self, question: Question, before: int, limit: int) -> list[Hit]:
        return [Hit(*row) for row in await self._database.all_in_thread(_NEWEST, _asked(question), before, limit)]

    def add(self, batch: Batch, entry: Entry) -> None:
        words = [f"{word}:{min(at, _MAX_VECTOR_POSITION)}" for at, word in enumerate(entry.words, 1)]
        batch.write(_ADD, entry.position, entry.room_key, " ".join([f"'!r{entry.room_key}' '!{entry.key}'", *words]))

    def remove(self, batch: Batch, position: int) -> None:
        batch.write(_REMOVE, position)


def _asked(question: Question) -> str:
    """The question in PostgreSQL's language. What is no word of the text begins with a mark that no word has."""
    words = " & ".join(f"'{word}':*" for word in question.words)
    rooms = " | ".join(f"'!r{room_key}'" for room_key in question.room_keys)
    keys = " | ".join(f"'!{key}'" for key in question.keys)
    return f"{words} & ({rooms}) & ({keys})"
