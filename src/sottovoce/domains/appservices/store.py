"""The rows of app services."""

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.ids import RoomId

from .model import Progress
from .rules import network_of

_FIND = Query("SELECT told_until, txn_id, txn_until FROM app_service_progress WHERE app_service_id = $1")
_SET = Statement(
    "app_service_progress",
    "INSERT INTO app_service_progress (app_service_id, told_until, txn_id, txn_until) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (app_service_id) DO UPDATE SET told_until = excluded.told_until, txn_id = excluded.txn_id,"
    " txn_until = excluded.txn_until",
)
_COUNT_ROOMS = Query("SELECT COUNT(*) FROM app_service_rooms WHERE app_service_id = $1")
_LIST_ROOMS = Query(
    "SELECT room_id FROM app_service_rooms WHERE app_service_id = $1 AND network_id = $2 ORDER BY room_id LIMIT $3"
)
_LIST_ALL_ROOMS = Query("SELECT DISTINCT room_id FROM app_service_rooms ORDER BY room_id LIMIT $1")
_ADD_ROOM = Statement(
    "app_service_rooms",
    "INSERT INTO app_service_rooms (app_service_id, network_id, room_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
)
_REMOVE_ROOM = Statement(
    "app_service_rooms",
    "DELETE FROM app_service_rooms WHERE app_service_id = $1 AND network_id = $2 AND room_id = $3",
)
_REMOVE_EVERYWHERE = Statement("app_service_rooms", "DELETE FROM app_service_rooms WHERE room_id = $1")


class AppServiceRows:
    """Implements ports.ProgressStore and ports.NetworkStore, and directory.ports.NetworkLists."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_progress(self, service_id: str) -> Progress | None:
        row = await self._database.one(_FIND, service_id)
        return None if row is None else Progress(*row)

    def set_progress(self, batch: Batch, service_id: str, progress: Progress) -> None:
        batch.write(_SET, service_id, *progress)

    async def count_network_rooms(self, service_id: str) -> int:
        row = await self._database.one(_COUNT_ROOMS, service_id)
        return 0 if row is None else int(row[0])

    async def list_network_rooms(self, instance_id: str | None, limit: int) -> list[RoomId]:
        if instance_id is None:
            rows = await self._database.all(_LIST_ALL_ROOMS, limit)
        else:
            rows = await self._database.all(_LIST_ROOMS, *network_of(instance_id), limit)
        return [RoomId(row[0]) for row in rows]

    def add_network_room(self, batch: Batch, service_id: str, network_id: str, room_id: RoomId) -> None:
        batch.write(_ADD_ROOM, service_id, network_id, room_id)

    def remove_network_room(self, batch: Batch, service_id: str, network_id: str, room_id: RoomId) -> None:
        batch.write(_REMOVE_ROOM, service_id, network_id, room_id)

    def remove_room(self, batch: Batch, room_id: RoomId) -> None:
        batch.write(_REMOVE_EVERYWHERE, room_id)
