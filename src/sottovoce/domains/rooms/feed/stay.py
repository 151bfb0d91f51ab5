"""The part of a room's timeline that one answer shows, and the state around it."""

from dataclasses import dataclass, field
from typing import Self

from sottovoce.domains.changes.model import SyncAsk
from sottovoce.protocol.filters import RoomEventFilter
from sottovoce.protocol.ids import UserId

from ..model import CANONICAL_ALIAS, MEMBER, Membership, StateKey, TimelineEvent
from ..rules import heroes
from ..service import Access, Room, Rooms

NAME: StateKey = ("m.room.name", "")
_NAMING = frozenset({NAME[0], CANONICAL_ALIAS[0]})
_SCAN_FACTOR = 4


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody's present time in a room: since when, and from where on the answer tells of it."""

    membership: Membership
    is_new: bool
    """The device hears of the room whole."""
    after: int

    @classmethod
    def of(cls, now: Membership, before: Membership, ask: SyncAsk) -> Self:
        since = 0 if ask.since is None else ask.since.log
        is_new = before.membership != "join"
        return cls(now, is_new, 0 if is_new else since)


@dataclass(slots=True)
class Window:
    """Timeline events with the reader's membership at each; the state beside them, by the places of its events."""

    timeline: list[tuple[TimelineEvent, bytes]]
    is_limited: bool
    cursor: int
    """The page token's position: everything in the timeline comes after it."""
    state: dict[StateKey, int] = field(default_factory=dict)
    is_whole: bool = False
    """The state is all there is, not just what changed."""
    touches_members: bool = False
    touches_name: bool = False
    has_news: bool = True

    @classmethod
    async def read(cls, rooms: Rooms, ask: SyncAsk, room: Room, stay: Stay) -> Self:
        """What of the room belongs in an answer to somebody who is in it."""
        until = ask.now.log
        access = Access(room, ask.user_id, stay.membership, until)
        timeline, is_limited, cursor = await _timeline(rooms, ask, access, stay.after)
        is_whole = stay.is_new or ask.full_state
        start = until if ask.state_after else cursor
        if is_whole:
            state = await rooms.state_positions(room, start)
        else:
            state = await rooms.state_changes(room, stay.after, start)
        state = await _wanted_state(rooms, state, ask.filter.room.state)
        is_unsure = is_whole or is_limited
        kinds = {placed.event.type for placed, _ in timeline}
        window = cls(timeline, is_limited, cursor, state, is_whole)
        window.touches_members = is_unsure or MEMBER in kinds
        window.touches_name = is_unsure or not kinds.isdisjoint(_NAMING)
        window.has_news = is_whole or bool(timeline or state)
        return window

    @classmethod
    async def until_leaving(cls, rooms: Rooms, ask: SyncAsk, room: Room, now: Membership, before: Membership) -> Self:
        """What belongs in an answer to somebody who has left: nothing after they did."""
        since = 0 if ask.since is None else ask.since.log
        access = Access(room, ask.user_id, now, now.position)
        was_in = before.membership == "join"
        if not was_in and (ask.since is not None or not await rooms.was_ever_joined(room, ask.user_id, now.position)):
            mine = await rooms.memory.event(now.position)
            return cls([(mine, now.membership.encode())], False, now.position - 1)
        timeline, is_limited, cursor = await _timeline(rooms, ask, access, since)
        start = now.position if ask.state_after else cursor
        if before.membership == "join":
            state = await rooms.state_changes(room, since, start)
        else:
            state = await rooms.state_positions(room, start)
        return cls(timeline, is_limited, cursor, state)

    async def summary(self, rooms: Rooms, room: Room, user_id: UserId) -> dict[str, object] | None:
        """Counts of members, where they may have changed, and some of their names, if the room has none of its own.

        Spec: client-server, GET /sync, RoomSummary.
        """
        if not (self.touches_members or self.touches_name):
            return None
        summary: dict[str, object] = {}
        if not await _is_named(rooms, room):
            summary["m.heroes"] = heroes(room.memberships, user_id)
        if self.touches_members:
            summary["m.joined_member_count"] = room.count("join")
            summary["m.invited_member_count"] = room.count("invite")
        return summary or None


async def _is_named(rooms: Rooms, room: Room) -> bool:
    for key, field_name in ((NAME, "name"), (CANONICAL_ALIAS, "alias")):
        event = await rooms.memory.state_event(room, key)
        if event is not None and event.content.get(field_name):
            return True
    return False


async def _timeline(
    rooms: Rooms, ask: SyncAsk, access: Access, after: int
) -> tuple[list[tuple[TimelineEvent, bytes]], bool, int]:
    """The newest events in (after, until] that are asked for; whether there are more; the position before them."""
    wanted = ask.filter.room.timeline
    limit = wanted.limit_events
    scanned = limit + 1 if _lets_all_through(wanted) else limit * _SCAN_FACTOR + 1
    positions = await rooms.memory.positions_between(access.room, after, access.until, scanned)
    seen = await rooms.visible(access, await rooms.memory.events(positions))
    if not _lets_all_through(wanted):
        seen = [each for each in seen if _is_wanted(each[0], wanted)]
    if len(seen) > limit:
        kept = seen[len(seen) - limit :]
        return kept, True, kept[0][0].position - 1 if kept else access.until
    if len(positions) == scanned:
        return seen, True, positions[0] - 1
    return seen, False, after


def _lets_all_through(wanted: RoomEventFilter) -> bool:
    return (
        wanted.types is None
        and wanted.senders is None
        and wanted.rooms is None
        and wanted.contains_url is None
        and not (wanted.not_types or wanted.not_senders or wanted.not_rooms)
    )


def _is_wanted(placed: TimelineEvent, wanted: RoomEventFilter) -> bool:
    event = placed.event
    return wanted.room_matches(event.room_id) and wanted.matches(event.type, event.sender, "url" in event.content)


async def _wanted_state(rooms: Rooms, state: dict[StateKey, int], wanted: RoomEventFilter) -> dict[StateKey, int]:
    if not state or _lets_all_through(wanted):
        return state
    events = await rooms.memory.events(sorted(state.values()))
    kept = {placed.position for placed in events if _is_wanted(placed, wanted)}
    return {key: place for key, place in state.items() if place in kept}
