"""The state of a room at any position, from its present and the steps back."""

from ..model import MEMBER, StateKey, TimelineEvent
from ..rules import last_per_key, rolled_back
from .base import RoomsBase
from .memory import Room

_END = (1 << 62) - 1
_STRIPPED = (
    ("m.room.create", ""),
    ("m.room.join_rules", ""),
    ("m.room.name", ""),
    ("m.room.topic", ""),
    ("m.room.avatar", ""),
    ("m.room.canonical_alias", ""),
    ("m.room.encryption", ""),
)


class States(RoomsBase):
    """Reads states of rooms."""

    async def state_positions(self, room: Room, at: int) -> dict[StateKey, int]:
        """For each piece of state right after position `at`, where its event stands."""
        present = {key: entry.position for key, entry in room.state.items()}
        if room.last_state_position <= at:
            return present
        return rolled_back(present, await self.memory.state_changes(room, at, _END))

    async def state_changes(self, room: Room, after: int, until: int) -> dict[StateKey, int]:
        """What of the state changed in (after, until]: for each piece, where its last event in there stands."""
        if room.last_state_position <= after:
            return {}
        return last_per_key(await self.memory.state_changes(room, after, until))

    async def stripped_state(self, room: Room, at: int, inviter: StateKey | None) -> list[TimelineEvent]:
        """What somebody invited or knocking may know of the room. Spec: client-server, Stripped state."""
        state = await self.state_positions(room, at)
        keys = [*_STRIPPED, *([inviter] if inviter is not None else [])]
        return await self.memory.events([state[key] for key in keys if key in state])


def inviter_key(invitation: TimelineEvent) -> StateKey:
    """Whose membership an invited person is shown beside the room's own state: the inviter's."""
    return (MEMBER, invitation.event.sender)
