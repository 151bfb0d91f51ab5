"""Who was in a room when: for those who have to know whom somebody shares rooms with, and shared them with before."""

from collections.abc import Mapping

from sottovoce.protocol.ids import RoomId, UserId

from ..model import MEMBER, Membership, StateChange
from .memory import Room
from .sight import Sight

_END = (1 << 62) - 1


class Attendance(Sight):
    """Knows who came and went."""

    async def memberships_of(self, user_id: UserId) -> Mapping[RoomId, Membership]:
        """What the person is to every room, ahead of what is committed; not to be changed."""
        return await self.memory.rooms_of(user_id)

    async def was_joined(self, user_id: UserId, room_id: RoomId, at: int) -> bool:
        """Whether the person was in the room right after this position."""
        room = await self.memory.room(room_id)
        return room is not None and (await self.membership_at(room, user_id, at)).membership == "join"

    async def joined_users_at(self, room_id: RoomId, at: int) -> set[UserId]:
        """Who was in the room right after this position."""
        room = await self.memory.room(room_id)
        if room is None:
            return set()
        joined = set(room.joined)
        for user_id, (was_in, _) in (await self._moves(room, at, _END)).items():
            (joined.add if was_in else joined.discard)(user_id)
        return joined

    async def came_and_went(self, room_id: RoomId, after: int, until: int) -> tuple[set[UserId], set[UserId]]:
        """Who was not in the room at `after` but at `until`, and who the other way round."""
        room = await self.memory.room(room_id)
        moves = {} if room is None else await self._moves(room, after, until)
        came = {user_id for user_id, (was_in, is_in) in moves.items() if is_in and not was_in}
        went = {user_id for user_id, (was_in, is_in) in moves.items() if was_in and not is_in}
        return came, went

    async def _moves(self, room: Room, after: int, until: int) -> dict[UserId, tuple[bool, bool]]:
        """Of everybody whose membership was set in (after, until]: whether they were in the room before and after."""
        if room.last_state_position <= after:
            return {}
        spans: dict[UserId, tuple[StateChange, StateChange]] = {}
        for change in await self.memory.state_changes(room, after, until):
            if change.key[0] == MEMBER:
                user_id = UserId(change.key[1])
                spans[user_id] = (spans[user_id][0] if user_id in spans else change, change)
        places = {place for first, last in spans.values() for place in (first.replaces, last.position)}
        events = await self.memory.events(sorted(place for place in places if place is not None))
        in_room = {placed.position: placed.event.content.get("membership") == "join" for placed in events}
        return {
            user_id: (
                first.replaces is not None and in_room.get(first.replaces, False),
                in_room.get(last.position, False),
            )
            for user_id, (first, last) in spans.items()
        }
