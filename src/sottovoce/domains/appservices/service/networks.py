"""The lists of rooms that app services keep of their networks.

Spec: application-service, Published room directories.
"""

from sottovoce.domains.rooms.model import RoomNotFound
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import RoomId, size_bytes

from ..model import ListClosed, ListFull, NotThatAppService, QuestionTooLong
from ..ports import ExistingRooms, NetworkStore

MAX_NETWORK_ID_BYTES = 255
MAX_ROOMS_LISTED = 5_000
"""By one app service, on all its networks."""


class Networks:
    """Which rooms stand in which list. is_open: whether this server lists rooms at all."""

    def __init__(self, store: NetworkStore, database: Database, rooms: ExistingRooms, *, is_open: bool) -> None:
        self._store = store
        self._database = database
        self._rooms = rooms
        self._is_open = is_open

    async def set_listed(self, service_id: str | None, network_id: str, room_id: RoomId, *, is_listed: bool) -> None:
        """The room stands in the list of the app service's network, or does not.

        Raises NotThatAppService, QuestionTooLong, RoomNotFound, ListClosed, ListFull.
        """
        if service_id is None:
            raise NotThatAppService("Only app services list rooms of their networks")
        if size_bytes(network_id) > MAX_NETWORK_ID_BYTES:
            raise QuestionTooLong(f"The name of a network has at most {MAX_NETWORK_ID_BYTES} bytes")
        batch = Batch()
        if is_listed:
            await self._check_may_list(service_id, room_id)
            self._store.add_network_room(batch, service_id, network_id, room_id)
        else:
            self._store.remove_network_room(batch, service_id, network_id, room_id)
        await self._database.commit(batch)

    async def erase_room(self, room_id: RoomId) -> None:
        """No list names the room."""
        batch = Batch()
        self._store.remove_room(batch, room_id)
        await self._database.commit(batch)

    async def _check_may_list(self, service_id: str, room_id: RoomId) -> None:
        if not self._is_open:
            raise ListClosed("This server lists no rooms")
        if not await self._rooms.exists(room_id):
            raise RoomNotFound
        if await self._store.count_network_rooms(service_id) >= MAX_ROOMS_LISTED:
            raise ListFull(f"An app service lists at most {MAX_ROOMS_LISTED} rooms")
