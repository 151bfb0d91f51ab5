"""The index in SQLite: FTS5. Its secure-delete takes the words of what is removed out of the index at once."""

from sottovoce.infra.db.model import Batch, Query, Statement

from ..model import Entry, Hit, Question
from .cursor import CursorRows

_RANK = "bm25(derived_search, 0.0, 0.0, 1.0)"
_BEST = Query(
    f"SELECT rowid, room_key, -{_RANK} FROM derived_search WHERE derived_search MATCH $1"
    f" ORDER BY {_RANK}, rowid DESC LIMIT $2"
)
_NEWEST = Query(
    f"SELECT rowid, room_key, -{_RANK} FROM derived_search WHERE derived_search MATCH $1 AND rowid < $2"
    " ORDER BY rowid DESC LIMIT $3"
)
_ADD = Statement("derived_search", "INSERT INTO derived_search (rowid, room_key, place, words) VALUES ($1, $2, $3, $4)")
_REMOVE = Statement("derived_search", "DELETE FROM derived_search WHERE rowid = $1")


class SqliteIndex(CursorRows):
    """Implements ports.SearchIndex."""

    async def find_best(self, question: Question, limit: int) -> list[Hit]:
        return [Hit(*row) for row in await self._database.all_in_thread(_BEST, _match(question), limit)]

    async def find_newest(self, question: Question, before: int, limit: int) -> list[Hit]:
        return [Hit(*row) for row in await self._database.all_in_thread(_NEWEST, _match(question), before, limit)]

    def add(self, batch: Batch, entry: Entry) -> None:
        place = f"r{entry.room_key} {_key_word(entry.key)}"
        batch.write(_ADD, entry.position, entry.room_key, place, " ".join(entry.words))

    def remove(self, batch: Batch, position: int) -> None:
        batch.write(_REMOVE, position)


def _match(question: Question) -> str:
    """The question in FTS5's language. Words are letters and digits only, so quotes keep them whole."""
    words = " AND ".join(f'"{word}"*' for word in question.words)
    rooms = " OR ".join(f'"r{room_key}"' for room_key in question.room_keys)
    keys = " OR ".join(f'"{_key_word(key)}"' for key in question.keys)
    return f"words : ({words}) AND place : ({rooms}) AND place : ({keys})"


def _key_word(key: str) -> str:
    return key.replace(".", "")
