"""The rows of short-lived proofs."""

from sottovoce.infra.db.model import Batch, Query, Statement
from sottovoce.protocol.ids import UserId

from ..model import Pass
from .rows import Rows

_ADD = Statement(
    "passes", "INSERT INTO passes (token_hash, kind, user_id, uses, expires_at_ms) VALUES ($1, $2, $3, $4, $5)"
)
_FIND = Query("SELECT kind, user_id, uses, expires_at_ms FROM passes WHERE token_hash = $2 AND kind = $1")
_USE = Statement("passes", "UPDATE passes SET uses = uses + 1 WHERE token_hash = $1")
_REMOVE = Statement("passes", "DELETE FROM passes WHERE user_id = $1")
_REMOVE_BEFORE = Statement("passes", "DELETE FROM passes WHERE expires_at_ms < $1")


class PassRows(Rows):
    """Implements ports.PassStore."""

    def add_pass(self, batch: Batch, token_hash: bytes, proof: Pass) -> None:
        batch.write(_ADD, token_hash, *proof)

    async def find_pass(self, kind: int, token_hash: bytes) -> Pass | None:
        row = await self._database.one(_FIND, kind, token_hash)
        return None if row is None else Pass(*row)

    def use_pass(self, batch: Batch, token_hash: bytes) -> None:
        batch.write(_USE, token_hash)

    def remove_passes(self, batch: Batch, user_id: UserId) -> None:
        batch.write(_REMOVE, user_id)

    def remove_passes_before(self, batch: Batch, expired_at_ms: int) -> None:
        batch.write(_REMOVE_BEFORE, expired_at_ms)
