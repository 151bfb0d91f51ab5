"""The gate: what of a room somebody may see. Everything that leaves a room for a reader passes here.

Spec: client-server, Room History Visibility.
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from msgspec.structs import replace

from sottovoce.protocol.events import Event, client_form, redact_event
from sottovoce.protocol.ids import RoomId, UserId
from sottovoce.protocol.visibility import Moment, may_see_event

from ..model import HISTORY_VISIBILITY, MEMBER, Membership, NotInRoom, StateKey, TimelineEvent
from .base import RoomsBase
from .memory import Room

_NEVER = Membership("leave", 0)


@dataclass(frozen=True, slots=True)
class Access:
    """A room as one person may read it: up to `until`, and no state later than that."""

    room: Room
    user_id: UserId
    membership: Membership
    until: int


class _History:
    """What one piece of state said over time: values by the position at which they began."""

    def __init__(self, steps: Sequence[tuple[int, str]], default: str | None) -> None:
        self._starts = [start for start, _ in steps]
        self._values: list[str | None] = [default, *(value for _, value in steps)]

    def at(self, position: int) -> str | None:
        return self._values[bisect_right(self._starts, position)]

    def last(self, value: str) -> int:
        """The last position at which this began; 0 if it never did."""
        starts = zip(self._starts, self._values[1:], strict=True)
        return max((start for start, said in starts if said == value), default=0)


class Sight(RoomsBase):
    """Decides what somebody may see."""

    async def access(self, user_id: UserId, room_id: RoomId) -> Access:
        """The room as this person may read it: all of it, or up to where they left. Raises NotInRoom."""
        room = await self.memory.room(room_id)
        if room is None:
            raise NotInRoom
        membership = (await self.memory.rooms_of(user_id)).get(room_id, _NEVER)
        if membership.is_forgotten:
            membership = _NEVER
        now = self._tools.changes.now.log
        if membership.membership == "join" or await self._is_world_readable(room):
            return Access(room, user_id, membership, now)
        if membership.membership in ("leave", "ban") and await self.was_ever_joined(room, user_id, membership.position):
            return Access(room, user_id, membership, min(now, membership.position))
        raise NotInRoom

    async def visible(self, access: Access, events: Sequence[TimelineEvent]) -> list[tuple[TimelineEvent, bytes]]:
        """The events this person may see, each with what they were to the room at it."""
        mine = access.membership
        ignored = await self.preferences.ignored_by(access.user_id)
        if ignored:
            events = [placed for placed in events if _is_shown(placed.event, ignored)]
        if not events:
            return []
        oldest = min(placed.position for placed in events)
        if mine.membership == "join" and mine.position <= oldest:
            return [(placed, b"join") for placed in events]
        memberships = await self.memberships_at(access, [placed.position for placed in events])
        seen = [(placed, memberships[placed.position]) for placed in events if placed.position in memberships]
        return await self._without_erased(access.room, seen)

    async def _without_erased(
        self, room: Room, seen: list[tuple[TimelineEvent, bytes]]
    ) -> list[tuple[TimelineEvent, bytes]]:
        """What people who wanted to be erased said is empty for whoever was not there then.

        Spec: client-server, Account deactivation, erase.
        """
        strangers = {placed.event.sender for placed, membership in seen if membership != b"join"}
        erased = frozenset(await self._around.people.erased_among(strangers) if strangers else ())
        if not erased:
            return seen
        return [
            (_emptied(placed, room) if placed.event.sender in erased and membership != b"join" else placed, membership)
            for placed, membership in seen
        ]

    async def memberships_at(self, access: Access, positions: Collection[int]) -> dict[int, bytes]:
        """Of these positions those whose events the person may see, each with what they were to the room at it."""
        mine = access.membership
        if not positions:
            return {}
        if mine.membership == "join" and mine.position <= min(positions):
            return dict.fromkeys(positions, b"join")
        memberships = await self._history(access, (MEMBER, access.user_id), "membership", "leave")
        visibilities = await self._history(access, HISTORY_VISIBILITY, "history_visibility", None)
        last_join = memberships.last("join")
        seen = {}
        for position in positions:
            before, after = (
                Moment(visibilities.at(at), memberships.at(at) or "leave") for at in (position - 1, position)
            )
            if position <= access.until and may_see_event(before, after, joined_later=last_join > position):
                seen[position] = after.membership.encode()
        return seen

    async def membership_at(self, room: Room, user_id: UserId, position: int) -> Membership:
        """What the person was to the room right after this position."""
        places = await self.memory.state_history(room, (MEMBER, user_id), position)
        if not places:
            return _NEVER
        placed = await self.memory.event(places[-1])
        return Membership(str(placed.event.content.get("membership")), placed.position)

    async def was_ever_joined(self, room: Room, user_id: UserId, until: int) -> bool:
        """Whether the person has been in the room at some time up to this position."""
        places = await self.memory.state_history(room, (MEMBER, user_id), until)
        return any(placed.event.content.get("membership") == "join" for placed in await self.memory.events(places))

    async def is_readable(self, user_id: UserId, room_id: RoomId) -> bool:
        """Whether the person is in the room, or everybody may read it."""
        room = await self.memory.room(room_id)
        return room is not None and (user_id in room.joined or await self._is_world_readable(room))

    async def _history(self, access: Access, key: StateKey, field: str, default: str | None) -> _History:
        events = await self.memory.events(await self.memory.state_history(access.room, key, access.until))
        return _History([(placed.position, str(placed.event.content.get(field))) for placed in events], default)

    async def _is_world_readable(self, room: Room) -> bool:
        event = await self.memory.state_event(room, HISTORY_VISIBILITY)
        return event is not None and event.content.get("history_visibility") == "world_readable"


def _is_shown(event: Event, ignored: AbstractSet[UserId]) -> bool:
    """Ignored people's state is shown all the same. Spec: client-server, Ignoring Users."""
    return event.state_key is not None or event.sender not in ignored


def _emptied(placed: TimelineEvent, room: Room) -> TimelineEvent:
    """The event as if it had been redacted, with nothing beside it."""
    pruned = redact_event(placed.event, room.version)
    return replace(placed, event=pruned, client=client_form(pruned), unsigned=b"")
