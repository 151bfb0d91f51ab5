"""The events of all rooms in the order in which they came, for those who follow them one by one."""

from collections.abc import Set as AbstractSet

from sottovoce.protocol.ids import RoomId, UserId

from ..model import MEMBER, StateChange, TimelineEvent
from .base import RoomsBase

_END = (1 << 62) - 1


class Log(RoomsBase):
    """Reads across rooms, past the gate: only for programs that whoever runs the server has let in."""

    async def log_after(self, after: int, until: int, limit: int) -> tuple[list[TimelineEvent], int]:
        """The oldest `limit` events of any room in (after, until], in the order they came; and how far they reach.

        Those of a room that is being erased at this moment may be left out.
        """
        positions = await self._tools.store.log_after(after, until, limit)
        reached = positions[-1] if len(positions) == limit else until
        return await self.memory.events(positions), reached

    async def joined_at(self, room_id: RoomId, position: int) -> tuple[AbstractSet[UserId], int]:
        """Who was in the room right after this position, not to be changed; and a number that tells these people apart
        from those of other moments of the room.
        """
        room = await self.memory.room(room_id)
        if room is None:
            return frozenset(), 0
        if room.last_state_position <= position:
            return room.joined, room.last_state_position
        first: dict[UserId, StateChange] = {}
        for change in await self.memory.state_changes(room, position, _END):
            if change.key[0] == MEMBER:
                first.setdefault(UserId(change.key[1]), change)
        joined = set(room.joined) - first.keys()
        earlier = [change.replaces for change in first.values() if change.replaces is not None]
        for placed in await self.memory.events(earlier):
            if placed.event.content.get("membership") == "join" and placed.event.state_key is not None:
                joined.add(UserId(placed.event.state_key))
        return joined, position
