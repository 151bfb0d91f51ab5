"""The rooms of this server, as whoever runs it sees them: nothing that was said in them."""

from sottovoce.protocol.ids import RoomId, UserId

from ..model import NAME, RoomEntry, RoomNotFound, RoomSize
from ..ports import CatalogueStore
from .memory import Memory, Room

MAX_PAGE_ROOMS = 1000
_ENCRYPTION = ("m.room.encryption", "")


class Catalogue:
    """Lists rooms and tells how large they are."""

    def __init__(self, memory: Memory, store: CatalogueStore) -> None:
        self._memory = memory
        self._store = store

    async def list(self, after: str, limit: int) -> list[RoomEntry]:
        """The rooms whose id comes after `after`, by id, at most so many."""
        room_ids = await self._store.list_room_ids(after, min(limit, MAX_PAGE_ROOMS))
        await self._memory.load_rooms(room_ids)
        rooms = [room for room_id in room_ids if (room := await self._memory.room(room_id)) is not None]
        await self._memory.events([room.tail[-1] for room in rooms])
        return [await self._summary(room) for room in rooms]

    async def one(self, room_id: RoomId) -> RoomEntry:
        """What there is to know of a room. Raises RoomNotFound."""
        return await self._summary(await self._room(room_id))

    async def size(self, room_id: RoomId) -> RoomSize:
        """How many events the room has and what they take. Raises RoomNotFound."""
        return await self._store.find_size((await self._room(room_id)).room_key)

    async def members(self, room_id: RoomId) -> dict[str, str]:
        """What everybody who has or had to do with the room is to it. Raises RoomNotFound."""
        return {str(person): what for person, what in (await self._room(room_id)).memberships.items()}

    async def memberships_of(self, user_id: UserId) -> dict[str, str]:
        """The rooms this person has to do with, and what they are to each."""
        return {room_id: what.membership for room_id, what in (await self._memory.rooms_of(user_id)).items()}

    async def count_rooms(self) -> int:
        """How many rooms there are."""
        return await self._store.count_rooms()

    async def _room(self, room_id: RoomId) -> Room:
        room = await self._memory.room(room_id)
        if room is None:
            raise RoomNotFound
        return room

    async def _summary(self, room: Room) -> RoomEntry:
        name = await self._memory.state_event(room, NAME)
        title = None if name is None else name.content.get("name")
        newest = (await self._memory.event(room.tail[-1])).event.origin_server_ts
        return RoomEntry(
            room.room_id,
            title if isinstance(title, str) else None,
            room.version.name,
            len(room.joined),
            _ENCRYPTION in room.state,
            newest,
        )
