"""The rows of dehydrated devices."""

from collections.abc import Iterable

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.ids import UserId

from ..model import DehydratedDevice, Target

_LIST = Query(
    "SELECT user_id, device_id, device_data, display_name FROM dehydrated_devices WHERE user_id IN {list:$1:text}"
)
_SET = Statement(
    "dehydrated_devices",
    "INSERT INTO dehydrated_devices (user_id, device_id, device_data, display_name) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (user_id) DO UPDATE SET device_id = excluded.device_id, device_data = excluded.device_data,"
    " display_name = excluded.display_name",
)
_REMOVE = Statement("dehydrated_devices", "DELETE FROM dehydrated_devices WHERE user_id = $1 AND device_id = $2")


class DehydratedRows:
    """Implements ports.DehydratedStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_dehydrated(self, user_id: UserId) -> DehydratedDevice | None:
        return (await self.list_dehydrated([user_id])).get(user_id)

    async def list_dehydrated(self, user_ids: Iterable[UserId]) -> dict[UserId, DehydratedDevice]:
        rows = await self._database.all(_LIST, list(user_ids))
        return {user_id: DehydratedDevice(device_id, bytes(data), name) for user_id, device_id, data, name in rows}

    def set_dehydrated(self, batch: Batch, user_id: UserId, device: DehydratedDevice) -> None:
        batch.write(_SET, user_id, *device)

    def remove_dehydrated(self, batch: Batch, device: Target) -> None:
        batch.write(_REMOVE, *device)
