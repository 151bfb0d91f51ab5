"""The rows of app services."""

from sottovoce.infra.db.model import Batch, Database, Query, Statement

from .model import Progress

_FIND = Query("SELECT told_until, txn_id, txn_until FROM app_service_progress WHERE app_service_id = $1")
_SET = Statement(
    "app_service_progress",
    "INSERT INTO app_service_progress (app_service_id, told_until, txn_id, txn_until) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (app_service_id) DO UPDATE SET told_until = excluded.told_until, txn_id = excluded.txn_id,"
    " txn_until = excluded.txn_until",
)


class AppServiceRows:
    """Implements ports.ProgressStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_progress(self, service_id: str) -> Progress | None:
        row = await self._database.one(_FIND, service_id)
        return None if row is None else Progress(*row)

    def set_progress(self, batch: Batch, service_id: str, progress: Progress) -> None:
        batch.write(_SET, service_id, *progress)
