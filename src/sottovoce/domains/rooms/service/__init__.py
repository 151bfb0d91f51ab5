"""Rooms: everything that may be asked of them."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from sottovoce.protocol.ids import EventId, RoomId, UserId

from ..model import TimelineEvent
from .base import SYNC, Surroundings
from .creation import Creation
from .memory import Memory, Room
from .reading import Reading
from .sending import Sending
from .sight import Access
from .states import inviter_key
from .writing import Tools

__all__ = ["SYNC", "Access", "Memory", "Room", "Rooms", "Surroundings", "Tools", "inviter_key"]


class Rooms(Sending, Creation, Reading):
    """The rooms of this server: written to through Sending, Memberships and Creation, read through Reading."""

    async def is_joined(self, user_id: UserId, room_id: RoomId) -> bool:
        """Whether the person is in the room."""
        room = await self.memory.room(room_id)
        return room is not None and user_id in room.joined

    async def joined_users(self, room_id: RoomId) -> AbstractSet[UserId]:
        """Those in the room: a living set, not to be changed, empty for no room."""
        room = await self.memory.room(room_id)
        return frozenset() if room is None else room.joined

    async def rooms_of(self, user_id: UserId) -> AbstractSet[RoomId]:
        """The rooms the person is in."""
        return frozenset(await self.joined_rooms(user_id))

    async def contacts_of(self, user_id: UserId) -> set[UserId]:
        """Everybody who is in a room with the person, the person left out."""
        contacts: set[UserId] = set()
        for room_id in await self.rooms_of(user_id):
            contacts |= await self.joined_users(room_id)
        contacts.discard(user_id)
        return contacts

    async def shares_room(self, one: UserId, other: UserId) -> bool:
        """Whether the two are in a room together."""
        mine, theirs = await self.rooms_of(one), await self.rooms_of(other)
        return not mine.isdisjoint(theirs)

    async def find_timeline_event(self, room_id: RoomId, event_id: EventId) -> TimelineEvent | None:
        """The event, if it is one of this room's; else None."""
        room, place = await self.memory.room(room_id), await self._tools.store.find_position(event_id)
        if room is None or place is None or place[0] != room.room_key:
            return None
        return await self.memory.event(place[1])

    async def events_after(self, room_id: RoomId, position: int, limit: int) -> list[TimelineEvent]:
        """The newest `limit` committed events after this position, oldest first."""
        room = await self.memory.room(room_id)
        if room is None:
            return []
        until = self._tools.changes.now.log
        return await self.memory.events(await self.memory.positions_between(room, position, until, limit))

    async def rooms_with_news(self, room_ids: Iterable[RoomId], after: int) -> list[RoomId]:
        """Those of these rooms in which something happened after this position."""
        return await self._tools.store.list_newest(room_ids, after)
