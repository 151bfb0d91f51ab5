"""Where a person's rooms stand in the order of a sliding sync, and what they are filtered by."""

from collections.abc import Iterable, Mapping

from sottovoce.domains.changes.model import RoomPlace
from sottovoce.protocol.ids import RoomId, UserId

from ..model import CREATE, Membership, StateKey
from ..service import Rooms
from .departure import departure, is_welcome

_ENCRYPTION: StateKey = ("m.room.encryption", "")
_SPACE_CHILD = "m.space.child"


class RoomPlaces:
    """Implements sync.ports.Places."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def all(self, user_id: UserId, now: int) -> dict[RoomId, RoomPlace]:
        """The place of every room the person has to do with, at this position. Forgotten rooms have none."""
        return await self.of(user_id, await self._rooms.memory.rooms_of(user_id), now)

    async def of(self, user_id: UserId, room_ids: Iterable[RoomId], now: int) -> dict[RoomId, RoomPlace]:
        """The places of these rooms; those the person has nothing to do with are left out."""
        mine = await self._rooms.memory.rooms_of(user_id)
        memberships = {room_id: mine[room_id] for room_id in room_ids if room_id in mine}
        for room_id, membership in memberships.items():
            if membership.position > now:  # on its way to the store: not yet true
                room = await self._rooms.memory.room(room_id)
                memberships[room_id] = await self._rooms.membership_at(room, user_id, now) if room else membership
        joined = [room_id for room_id, what in memberships.items() if what.membership == "join"]
        newest = await self._rooms.newest_positions(joined, now)
        places = {}
        for room_id, what in memberships.items():
            if what.is_forgotten or not what.position:
                continue
            is_listed, is_open = await self._standing(user_id, room_id, what)
            position = newest.get(room_id, what.position)
            places[room_id] = RoomPlace(position, what.membership, what.position, is_listed, is_open)
        return places

    async def encrypted(self, places: Mapping[RoomId, RoomPlace]) -> set[RoomId]:
        """Those of these rooms that are encrypted, as far as the person may know."""
        found = await self._rooms.state_places(places, _ENCRYPTION)
        return {room_id for room_id, position in found.items() if position <= places[room_id].position}

    async def types(self, room_ids: Iterable[RoomId]) -> dict[RoomId, str | None]:
        """Of each of these rooms what it says it is, in its create event."""
        memory = self._rooms.memory
        positions = await self._rooms.state_places(room_ids, CREATE)
        events = {placed.position: placed.event for placed in await memory.events(list(positions.values()))}
        types = {room_id: events[at].content.get("type") for room_id, at in positions.items() if at in events}
        return {room_id: kind if isinstance(kind, str) else None for room_id, kind in types.items()}

    async def children(self, user_id: UserId, space_ids: Iterable[RoomId]) -> set[RoomId]:
        """The rooms that these spaces name as theirs; of spaces the person is in only. Spec: Spaces, m.space.child."""
        mine, memory = await self._rooms.memory.rooms_of(user_id), self._rooms.memory
        children = set()
        for space_id in space_ids:
            space = await memory.room(space_id) if space_id in mine else None
            if space is None or user_id not in space.joined:
                continue
            named = [entry.position for key, entry in space.state.items() if key[0] == _SPACE_CHILD]
            for placed in await memory.events(named):
                if isinstance(placed.event.content.get("via"), list):
                    children.add(RoomId(placed.event.state_key or ""))
        return children

    async def _standing(self, user_id: UserId, room_id: RoomId, what: Membership) -> tuple[bool, bool]:
        """Whether the room is in the person's list by itself, and whether they may ask for it."""
        if what.membership == "invite":
            is_shown = await is_welcome(self._rooms, user_id, what)
            return is_shown, is_shown
        if what.membership not in ("leave", "ban"):
            return True, True
        room = await self._rooms.memory.room(room_id)
        left = None if room is None else await departure(self._rooms, room, user_id, what.position)
        if left is None:
            return False, False
        mine = await self._rooms.memory.event(what.position)
        return mine.event.sender != user_id, True
