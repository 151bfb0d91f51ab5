"""What rooms add to a /sync: timelines, state, invitations, and rooms left.

For each room that moved the question is what the person was to it at `since`, what they are now, and whether those
are the same stay. Somebody who has been in it all the while gets what happened; somebody who came gets it whole.
"""

from collections.abc import Mapping, Sequence

from sottovoce.domains.changes.model import SyncAnswer, SyncAsk
from sottovoce.infra.clock import Clock
from sottovoce.protocol.events import stripped_form
from sottovoce.protocol.filters import RoomFilter
from sottovoce.protocol.ids import RoomId, UserId
from sottovoce.protocol.invite_permission import Verdict

from ..model import Membership, Reader, StateKey, TimelineEvent
from ..rules import in_federation, in_sync
from ..service import Access, Form, Room, Rooms, inviter_key
from .lazy import SentMembers
from .places import RoomPlaces
from .reading_ahead import batched, read_ahead
from .sliding import SlidingRooms
from .stay import Stay, Window

__all__ = ["RoomPlaces", "RoomsFeed", "SlidingRooms"]

READ_TOGETHER_ROOMS = 250

_NEVER = Membership("leave", 0)


class RoomsFeed:
    """Implements changes.ports.Feed for the stream of rooms."""

    stream = "rooms"

    def __init__(self, rooms: Rooms, clock: Clock) -> None:
        self._rooms = rooms
        self._clock = clock
        self._sent_members = SentMembers()

    async def contribute(self, ask: SyncAsk, answer: SyncAnswer) -> None:
        """The answer has every room with news for this person, and knows which rooms they are in."""
        mine = await self._rooms.memory.rooms_of(ask.user_id)
        answer.joined_rooms = {room for room, what in mine.items() if what.membership == "join"}
        candidates = [room for room in await self._candidates(ask, mine) if ask.filter.room.room_matches(room)]
        for room_ids in batched(candidates, READ_TOGETHER_ROOMS):
            if len(room_ids) > 1:
                await read_ahead(self._rooms.memory, ask, room_ids)
            for room_id in room_ids:
                await self._look_at(ask, answer, room_id, mine.get(room_id, _NEVER))

    async def _candidates(self, ask: SyncAsk, mine: dict[RoomId, Membership]) -> list[RoomId]:
        if ask.since is None:
            return [room for room, what in mine.items() if not what.is_forgotten]
        if ask.full_state:
            return list(mine)
        moved = ask.rooms_moved(self.stream)
        if moved is not None:
            return [room for room in moved if room in mine]
        since = ask.since.log
        joined = [room for room, what in mine.items() if what.membership == "join" and what.position <= since]
        others = [room for room, what in mine.items() if what.position > since]
        return [*await self._rooms.rooms_with_news(joined, since), *others]

    async def _look_at(self, ask: SyncAsk, answer: SyncAnswer, room_id: RoomId, now: Membership) -> None:
        room = await self._rooms.memory.room(room_id)
        if room is None:
            return
        if now.position > ask.now.log:  # on its way to the store: not yet true
            now = await self._rooms.membership_at(room, ask.user_id, ask.now.log)
        before = await self._before(ask, room, now)
        if now.membership == "join":
            await self._joined(ask, answer, room, Stay.of(now, before, ask))
        elif ask.since is None or now.position > ask.since.log:
            await self._outside(ask, answer, room, now, before)

    async def _before(self, ask: SyncAsk, room: Room, now: Membership) -> Membership:
        if ask.since is None:
            return _NEVER
        if now.position <= ask.since.log:
            return now
        return await self._rooms.membership_at(room, ask.user_id, ask.since.log)

    async def _joined(self, ask: SyncAsk, answer: SyncAnswer, room: Room, stay: Stay) -> None:
        window = await Window.read(self._rooms, ask, room, stay)
        if not window.has_news:
            return
        if stay.is_new:
            answer.new_rooms.add(room.room_id)
        reader = Reader(ask.user_id, ask.device_id)
        form = _form(ask)
        shown = answer.room(room.room_id)
        access = Access(room, ask.user_id, stay.membership, ask.now.log)
        shown.timeline = await self._timeline(access, reader, window, form)
        shown.limited = window.is_limited
        shown.prev_batch = self._rooms.page_token(ask.user_id, window.cursor)
        shown.summary = await window.summary(self._rooms, room, ask.user_id)
        state = self._sent_members.needed(ask, room, window, _named(shown.summary))
        shown.state = await self._state(state, reader, form)

    async def _timeline(self, access: Access, reader: Reader, window: Window, form: Form) -> list[bytes]:
        """What relates to an event is told with it where the device may not have received it all by itself."""
        if window.is_limited:
            return await self._rooms.shown(access, reader, window.timeline, form)
        now_ms = self._clock.now_ms()
        return [form(placed, reader, now_ms, membership, b"") for placed, membership in window.timeline]

    async def _state(self, places: Sequence[int], reader: Reader, form: Form) -> list[bytes]:
        now_ms = self._clock.now_ms()
        return [form(placed, reader, now_ms, b"join", b"") for placed in await self._rooms.memory.events(places)]

    async def _outside(self, ask: SyncAsk, answer: SyncAnswer, room: Room, now: Membership, before: Membership) -> None:
        if now.membership == "invite":
            mine = await self._rooms.memory.event(now.position)
            if await self._rooms.preferences.verdict(ask.user_id, mine.event.sender) is Verdict.ALLOW:
                answer.invited[room.room_id] = await self._stripped(room, mine, inviter_key(mine))
        elif now.membership == "knock":
            mine = await self._rooms.memory.event(now.position)
            answer.knocked[room.room_id] = await self._stripped(room, mine, None)
        elif _tells_of_leaving(ask, now, before, ask.filter.room):
            await self._left(ask, answer, room, now, before)

    async def _stripped(self, room: Room, mine: TimelineEvent, inviter: StateKey | None) -> list[bytes]:
        state = await self._rooms.stripped_state(room, mine.position, inviter)
        return [stripped_form(placed.event) for placed in (*state, mine)]

    async def _left(self, ask: SyncAsk, answer: SyncAnswer, room: Room, now: Membership, before: Membership) -> None:
        reader = Reader(ask.user_id, ask.device_id)
        shown = answer.room(room.room_id)
        shown.membership = "leave"
        window = await Window.until_leaving(self._rooms, ask, room, now, before)
        form = _form(ask)
        shown.timeline = await self._timeline(Access(room, ask.user_id, now, now.position), reader, window, form)
        shown.limited = window.is_limited
        shown.prev_batch = self._rooms.page_token(ask.user_id, window.cursor)
        shown.state = await self._state(sorted(window.state.values()), reader, form)


def _form(ask: SyncAsk) -> Form:
    """How events are written. Spec: client-server, Filtering, event_format."""
    return in_federation if ask.filter.event_format == "federation" else in_sync


def _named(summary: Mapping[str, object] | None) -> list[UserId]:
    """The people whom the summary names."""
    named = None if summary is None else summary.get("m.heroes")
    return named if isinstance(named, list) else []


def _tells_of_leaving(ask: SyncAsk, now: Membership, before: Membership, filter: RoomFilter) -> bool:
    if now.position == 0:
        return False
    if ask.since is None:
        return filter.include_leave
    return before.membership != "leave" or now.membership == "ban"
