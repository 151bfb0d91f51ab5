"""The rows of the tokens with which accounts are created."""

from sottovoce.infra.db.model import Batch, Query, Statement

from ..model import RegistrationToken
from .rows import Rows

_COLUMNS = "uses_allowed, uses, expires_at_ms, label, created_at_ms"
_FIND = Query(f"SELECT {_COLUMNS} FROM registration_tokens WHERE token_hash = $1")
_LIST = Query(f"SELECT token_hash, {_COLUMNS} FROM registration_tokens ORDER BY created_at_ms, token_hash LIMIT $1")
_ANY = Query(
    "SELECT 1 FROM registration_tokens WHERE (uses_allowed IS NULL OR uses < uses_allowed)"
    " AND (expires_at_ms IS NULL OR expires_at_ms > $1) LIMIT 1"
)
_ADD = Statement(
    "registration_tokens",
    f"INSERT INTO registration_tokens (token_hash, {_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)",
)
_USE = Statement("registration_tokens", "UPDATE registration_tokens SET uses = uses + 1 WHERE token_hash = $1")
_REMOVE = Statement("registration_tokens", "DELETE FROM registration_tokens WHERE token_hash = $1")


class RegistrationTokenRows(Rows):
    """Implements ports.RegistrationTokenStore."""

    async def find_registration_token(self, token_hash: bytes) -> RegistrationToken | None:
        row = await self._database.one(_FIND, token_hash)
        return None if row is None else RegistrationToken(*row)

    async def list_registration_tokens(self, limit: int) -> list[tuple[bytes, RegistrationToken]]:
        return [(bytes(row[0]), RegistrationToken(*row[1:])) for row in await self._database.all(_LIST, limit)]

    async def has_registration_tokens(self, now_ms: int) -> bool:
        return await self._database.one(_ANY, now_ms) is not None

    def add_registration_token(self, batch: Batch, token_hash: bytes, token: RegistrationToken) -> None:
        batch.write(_ADD, token_hash, *token)

    def use_registration_token(self, batch: Batch, token_hash: bytes) -> None:
        batch.write(_USE, token_hash)

    def remove_registration_token(self, batch: Batch, token_hash: bytes) -> None:
        batch.write(_REMOVE, token_hash)
