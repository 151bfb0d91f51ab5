"""Who may come into a room without being invited: members of rooms that its join rule names."""

from sottovoce.protocol.ids import UserId, server_of
from sottovoce.protocol.power import PowerLevels

from ..model import CREATE, JOIN_RULES, POWER_LEVELS
from ..rules import admitting_rooms, authoriser
from .base import RoomsBase
from .memory import Room

AUTHORISED_BY = "join_authorised_via_users_server"


class Admission(RoomsBase):
    """Answers for joins that a restricted room allows. Spec: client-server, Restricted rooms."""

    async def is_admitted(self, room: Room, user_id: UserId) -> bool:
        """Whether the person is in one of the rooms whose members this room lets in."""
        allowed = admitting_rooms(await self.memory.state_event(room, JOIN_RULES))
        if not allowed:
            return False
        mine = await self.memory.rooms_of(user_id)
        return any(room_id in mine and mine[room_id].membership == "join" for room_id in allowed)

    async def _authorisation(self, room: Room, user_id: UserId) -> dict[str, object]:
        """What the join says of who stands for it; nothing where nobody has to, or nobody can."""
        if room.memberships.get(user_id) in ("join", "invite") or not await self.is_admitted(room, user_id):
            return {}
        create = await self.memory.state_event(room, CREATE)
        assert create is not None, "a room begins with its create event"
        levels = PowerLevels(create, await self.memory.state_event(room, POWER_LEVELS), room.version)
        ours = (member for member in room.joined if server_of(member) == self._around.server)
        found = authoriser(levels, ours)
        return {} if found is None else {AUTHORISED_BY: found}
