"""Guests: people without an account of their own, who may come in where a room says so.

Spec: client-server, Guest Access.
"""

from sottovoce.protocol.ids import RoomId, UserId

from ..model import GUEST_ACCESS, MEMBER, GuestsNotAllowed
from .base import RoomsBase
from .memory import Room


class Guests(RoomsBase):
    """Keeps guests where they may be."""

    async def _check_guest(self, room: Room, user_id: UserId, membership: object) -> None:
        """Raises GuestsNotAllowed if a guest would come in where guests may not."""
        if membership != "join" or await self._lets_guests_in(room):
            return
        if await self._around.people.guests_among([user_id]):
            raise GuestsNotAllowed

    async def _send_guests_away(self, room_id: RoomId) -> None:
        """Where guests may not be there are none any more."""
        room = await self.memory.room(room_id)
        if room is None or await self._lets_guests_in(room):
            return
        for guest in await self._around.people.guests_among(room.joined):
            async with self._turn(room_id) as (now, write):
                if guest in now.joined:
                    await write.stage(guest, MEMBER, {"membership": "leave"}, guest)
                future = write.submit()
            if future is not None:
                await future

    async def _lets_guests_in(self, room: Room) -> bool:
        event = await self.memory.state_event(room, GUEST_ACCESS)
        return event is not None and event.content.get("guest_access") == "can_join"
