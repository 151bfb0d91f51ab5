"""What people bring along when they follow a room to its successor. Spec: client-server, Room upgrades."""

from collections.abc import Awaitable, Callable

import msgspec

from sottovoce.domains.accounts.model import AccountDataNotFound
from sottovoce.protocol.ids import RoomId, UserId, is_room_id

from ..model import CREATE, TOMBSTONE
from .base import RoomsBase

OnMoved = Callable[[UserId, RoomId, RoomId], Awaitable[None]]
"""Told of a person who followed a room (the first) to its successor (the second)."""

_TAGS, _DIRECT = "m.tag", "m.direct"
_decode = msgspec.json.Decoder(dict[str, object]).decode


class Moving(RoomsBase):
    """Carries people's own settings over."""

    on_moved: OnMoved | None = None

    async def bring_along(self, user_id: UserId, room_id: RoomId) -> None:
        """If the room follows one the person was in, it is tagged, direct and as quiet as that one was.

        Nothing is brought where the person kept something about the room already.
        """
        old = await self._predecessor(user_id, room_id)
        if old is None:
            return
        tags = await self._kept_object(user_id, old, _TAGS)
        if tags is not None and await self._kept_object(user_id, room_id, _TAGS) is None:
            await self._around.kept.set(user_id, room_id, _TAGS, tags)
        direct = await self._kept_object(user_id, None, _DIRECT)
        if direct is not None:
            both = {person: _with(rooms, old, room_id) for person, rooms in direct.items()}
            if both != direct:
                await self._around.kept.set(user_id, None, _DIRECT, both)
        if self.on_moved is not None:
            await self.on_moved(user_id, old, room_id)

    async def _predecessor(self, user_id: UserId, room_id: RoomId) -> RoomId | None:
        """The room that names this one as its successor and that this one names, if the person had to do with it."""
        room = await self.memory.room(room_id)
        create = None if room is None else await self.memory.state_event(room, CREATE)
        predecessor = None if create is None else create.content.get("predecessor")
        old_id = predecessor.get("room_id") if isinstance(predecessor, dict) else None
        if not is_room_id(old_id) or old_id not in await self.memory.rooms_of(user_id):
            return None
        old = await self.memory.room(RoomId(str(old_id)))
        tombstone = None if old is None else await self.memory.state_event(old, TOMBSTONE)
        is_ours = old is not None and tombstone is not None and tombstone.content.get("replacement_room") == room_id
        return old.room_id if old is not None and is_ours else None

    async def _kept_object(self, user_id: UserId, room_id: RoomId | None, data_type: str) -> dict[str, object] | None:
        try:
            return _decode(await self._around.kept.find(user_id, room_id, data_type))
        except AccountDataNotFound:
            return None


def _with(rooms: object, old: RoomId, new: RoomId) -> object:
    return [*rooms, new] if isinstance(rooms, list) and old in rooms and new not in rooms else rooms
