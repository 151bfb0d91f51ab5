"""The rows of the server itself."""

from sottovoce.infra.db.model import Batch, Query, Statement
from sottovoce.protocol.ids import ServerName

from ..model import ServerIdentity
from .rows import Rows

_FIND_IDENTITY = Query("SELECT name, signing_key_id, signing_key_seed, sealing_key, created_at_ms FROM server")
_ADD_IDENTITY = Statement(
    "server",
    "INSERT INTO server (id, name, signing_key_id, signing_key_seed, sealing_key, created_at_ms)"
    " VALUES (1, $1, $2, $3, $4, $5)",
)
_FIND_CODE = Query("SELECT code_hash FROM setup_codes")
_SET_CODE = Statement(
    "setup_codes",
    "INSERT INTO setup_codes (id, code_hash) VALUES (1, $1)"
    " ON CONFLICT (id) DO UPDATE SET code_hash = excluded.code_hash",
)
_REMOVE_CODE = Statement("setup_codes", "DELETE FROM setup_codes")


class ServerRows(Rows):
    """Implements ports.ServerStore."""

    async def find_identity(self) -> ServerIdentity | None:
        row = await self._database.one(_FIND_IDENTITY)
        return None if row is None else ServerIdentity(ServerName(row[0]), *row[1:])

    def add_identity(self, batch: Batch, identity: ServerIdentity) -> None:
        batch.write(_ADD_IDENTITY, *identity)

    async def find_setup_code(self) -> bytes | None:
        row = await self._database.one(_FIND_CODE)
        return None if row is None else bytes(row[0])

    def set_setup_code(self, batch: Batch, code_hash: bytes) -> None:
        batch.write(_SET_CODE, code_hash)

    def remove_setup_code(self, batch: Batch) -> None:
        batch.write(_REMOVE_CODE)
