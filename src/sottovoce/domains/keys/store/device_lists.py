"""The rows that say when somebody's devices or keys changed last."""

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.ids import UserId

_CHANGED_AFTER = Query("SELECT user_id FROM device_list_changes WHERE position > $1")
_SET = Statement(
    "device_list_changes",
    "INSERT INTO device_list_changes (user_id, position) VALUES ($1, $2)"
    " ON CONFLICT (user_id) DO UPDATE SET position = excluded.position",
)


class DeviceListRows:
    """Implements ports.DeviceListStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def changed_after(self, position: int) -> list[UserId]:
        return [row[0] for row in await self._database.all(_CHANGED_AFTER, position)]

    def set_changed(self, batch: Batch, user_id: UserId, position: int) -> None:
        batch.write(_SET, user_id, position)
