"""The table of reserved positions."""

from sottovoce.infra.db.model import Batch, Database, Query, Statement

_FIND = Query("SELECT reserved FROM positions WHERE writer = $1")
_SET = Statement(
    "positions",
    "INSERT INTO positions (writer, reserved) VALUES ($1, $2)"
    " ON CONFLICT (writer) DO UPDATE SET reserved = excluded.reserved",
)


class Positions:
    """Implements ports.PositionStore for one writer."""

    def __init__(self, database: Database, writer: str) -> None:
        self._database = database
        self._writer = writer

    async def find_reserved(self) -> int:
        row = await self._database.one(_FIND, self._writer)
        return 1 if row is None else int(row[0])

    def reserve(self, until: int) -> None:
        batch = Batch()
        batch.write(_SET, self._writer, until)
        self._database.submit(batch)
