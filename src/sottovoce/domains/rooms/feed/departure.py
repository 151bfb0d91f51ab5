"""What somebody was to a room before they were out of it, and whether they want to be asked in."""

from typing import NamedTuple

from sottovoce.protocol.ids import UserId
from sottovoce.protocol.invite_permission import Verdict

from ..model import MEMBER, Membership
from ..service import Room, Rooms

_OUT = frozenset({"leave", "ban"})


class Departure(NamedTuple):
    """membership: what they were, join, invite or knock, since was_at. ended_at: where that ended."""

    membership: str
    was_at: int
    ended_at: int


async def departure(rooms: Rooms, room: Room, user_id: UserId, until: int) -> Departure | None:
    """How somebody who is out of the room at this position came to be; None if they were never anything to it.

    Removals of somebody who was out already (a ban after a kick, its lifting) are passed over.
    """
    places = await rooms.memory.state_history(room, (MEMBER, user_id), until)
    ended_at = until
    for placed in reversed(await rooms.memory.events(places)):
        membership = str(placed.event.content.get("membership"))
        if membership not in _OUT:
            return Departure(membership, placed.position, ended_at)
        ended_at = placed.position
    return None


async def is_welcome(rooms: Rooms, user_id: UserId, invitation: Membership) -> bool:
    """Whether the person wants to be shown this invitation. Spec: client-server, Invite permission; MSC4155."""
    mine = await rooms.memory.event(invitation.position)
    return await rooms.preferences.verdict(user_id, mine.event.sender) is Verdict.ALLOW
