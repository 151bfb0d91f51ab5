"""What a notification needs to know of rooms, for somebody who is not looking at them."""

from collections.abc import Mapping, Sequence

from sottovoce.protocol.ids import RoomId, UserId

from ..model import CANONICAL_ALIAS, MEMBER, Membership, Reader, RoomNotFound, StateKey, TimelineEvent, Titles
from ..rules import heroes, in_sync
from .base import RoomsBase
from .memory import Room

_NAME: StateKey = ("m.room.name", "")
NAMED_PEOPLE_MAX = 3
"""A room without a name is called after so many of its people."""


class Glance(RoomsBase):
    """Names of rooms and people, and single events as they are shown."""

    async def memberships_of(self, user_id: UserId) -> Mapping[RoomId, Membership]:
        """What the person is to each room they ever had to do with; not to be changed."""
        return await self.memory.rooms_of(user_id)

    async def titles(self, room_id: RoomId, reader: UserId, sender: UserId) -> Titles:
        """What the room and the sender are called. Raises RoomNotFound.

        A room without a name is called after its people; one that the reader is not in, after the sender alone.
        Spec: client-server, Calculating the display name for a room.
        """
        room = await self.memory.room(room_id)
        if room is None:
            raise RoomNotFound
        alias = await self._text(room, CANONICAL_ALIAS, "alias")
        sender_name = await self._text(room, (MEMBER, sender), "displayname")
        name = await self._text(room, _NAME, "name")
        if name is None and alias is None:
            people = heroes(room.memberships, reader, NAMED_PEOPLE_MAX) if reader in room.joined else [sender]
            names = [await self._text(room, (MEMBER, person), "displayname") or person for person in people]
            name = ", ".join(names) or None
        return Titles(name, alias, sender_name)

    async def places_between(self, room_id: RoomId, after: int, until: int, limit: int) -> list[int]:
        """The positions of the newest `limit` events in (after, until], descending; none for no room."""
        room = await self.memory.room(room_id)
        if room is None:
            return []
        return (await self.memory.positions_between(room, after, until, limit))[::-1]

    async def events_placed_at(self, positions: Sequence[int]) -> list[TimelineEvent]:
        """The events at these positions, in their order; those that are not there are left out."""
        return await self.memory.events(positions)

    def as_in_sync(self, placed: TimelineEvent, reader: Reader) -> bytes:
        """The event as JSON, without its room's id, for somebody who is in the room."""
        return in_sync(placed, reader, self._tools.clock.now_ms())

    async def _text(self, room: Room, key: StateKey, field: str) -> str | None:
        event = await self.memory.state_event(room, key)
        text = None if event is None else event.content.get(field)
        return text if isinstance(text, str) and text else None
