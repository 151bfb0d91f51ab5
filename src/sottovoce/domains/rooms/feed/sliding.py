"""What a room adds to a sliding sync: what is new of it for one connection that remembers what it was told.

Somebody in the room gets its timeline and the state they ask for; somebody who was in it, the same up to when they
left; somebody invited or knocking, stripped state. Spec: MSC4186, Room results.
"""

from collections.abc import Sequence
from dataclasses import replace

from sottovoce.domains.changes.model import RoomAsk, RoomNews, ToldRoom
from sottovoce.infra.clock import Clock
from sottovoce.protocol.events import stripped_form

from ..model import MEMBER, Membership, Reader
from ..rules import in_sync
from ..service import Access, Room, Rooms, inviter_key
from .bumps import Bumps
from .departure import Departure, departure, is_welcome
from .sliding_state import AVATAR, NAME, Cut, heroes_of, lazy_members, text_of
from .sliding_timeline import Timeline

_NEVER = Membership("leave", 0)


class SlidingRooms:
    """Implements sync.ports.RoomNewsSource."""

    def __init__(self, rooms: Rooms, clock: Clock) -> None:
        self._rooms = rooms
        self._clock = clock
        self._bumps = Bumps(rooms.memory)

    async def news(self, ask: RoomAsk) -> RoomNews | None:
        """What is new of the room; None if the person may know nothing of it."""
        room = await self._rooms.memory.room(ask.room_id)
        if room is None:
            return None
        mine = (await self._rooms.memory.rooms_of(ask.user_id)).get(ask.room_id, _NEVER)
        if mine.position > ask.now:  # on its way to the store: not yet true
            mine = await self._rooms.membership_at(room, ask.user_id, ask.now)
        if mine.is_forgotten or not mine.position:
            return None
        if mine.membership == "join":
            return await self._inside(ask, room, mine)
        if mine.membership == "invite" and not await is_welcome(self._rooms, ask.user_id, mine):
            return None
        if mine.membership in ("invite", "knock"):
            return await self._outside(ask, room, mine, Departure(mine.membership, mine.position, mine.position))
        left = await departure(self._rooms, room, ask.user_id, mine.position)
        if left is None:
            return None
        if left.membership == "join":
            return await self._left(ask, room, mine, left)
        return await self._outside(ask, room, mine, left)

    async def read_ahead(self, asks: Sequence[RoomAsk]) -> None:
        """Most of what `news` will need for these is in memory."""
        memory = self._rooms.memory
        await memory.load_rooms([ask.room_id for ask in asks])
        places: list[int] = []
        for ask in asks:
            room = memory.known_room(ask.room_id)
            if room is None:
                continue
            after = 0 if ask.told is None else ask.told.until
            newest = [place for place in room.tail if place > after]
            places += newest[-ask.timeline_limit - 1 :]
            if ask.told is None:
                held = [room.state.get(key) for key in (NAME, AVATAR, (MEMBER, ask.user_id))]
                places += [entry.position for entry in (*ask.required.of(room.state).values(), *held) if entry]
        await memory.events(places)

    async def _inside(self, ask: RoomAsk, room: Room, mine: Membership) -> RoomNews:
        is_initial = ask.told is None or ask.told.membership != "join"
        access = Access(room, ask.user_id, mine, ask.now)
        news = await self._told(ask, access, Cut(self._rooms, room, ask.now), is_initial)
        news.told = replace(news.told, membership="join", bump_stamp=await self._bumps.stamp(room, ask.now))
        return _compared(ask, news)

    async def _left(self, ask: RoomAsk, room: Room, mine: Membership, left: Departure) -> RoomNews:
        is_initial = ask.told is None or not ask.told.is_whole
        access = Access(room, ask.user_id, Membership("leave", left.ended_at), left.ended_at)
        cut = Cut(self._rooms, room, left.ended_at)
        if mine.position != left.ended_at:
            cut.own = ((MEMBER, ask.user_id), mine.position)
        news = await self._told(ask, access, cut, is_initial)
        stamp = (await self._rooms.memory.event(mine.position)).event.origin_server_ts
        news.joined_count = news.invited_count = news.heroes = None
        news.told = replace(news.told, membership=mine.membership, bump_stamp=stamp, until=mine.position)
        return _compared(ask, news)

    async def _outside(self, ask: RoomAsk, room: Room, mine: Membership, was: Departure) -> RoomNews:
        """Of an invitation or a knock, also one that came to nothing: what it shows."""
        told = ask.told
        event = await self._rooms.memory.event(mine.position)
        new = ToldRoom(
            mine.position, mine.position, 0, ask.required, mine.membership, False, event.event.origin_server_ts
        )
        if told is not None and told.until >= mine.position and not told.is_whole:
            return RoomNews(told)
        news = RoomNews(new, initial=told is None or told.is_whole)
        entry = await self._rooms.memory.event(was.was_at)
        inviter = inviter_key(entry) if was.membership == "invite" else None
        state = await self._rooms.stripped_state(room, was.was_at, inviter)
        news.stripped = [stripped_form(placed.event) for placed in (*state, event)]
        return _compared(ask, news)

    async def _told(self, ask: RoomAsk, access: Access, cut: Cut, is_initial: bool) -> RoomNews:
        told = None if is_initial else ask.told
        timeline = await Timeline.read(self._rooms, ask, access, told)
        changed = None if told is None else await cut.changed(told.until)
        state = await cut.wanted(ask.required, changed, None if told is None else told.required)
        is_lazy = ask.required.is_lazy
        goes_on = told is not None and told.required.is_lazy and is_lazy and not timeline.is_limited
        members = told.members if told is not None and goes_on else frozenset()
        if is_lazy:
            updates = {} if changed is None or timeline.is_limited else changed
            lazily, members = await lazy_members(cut, timeline.events, updates, members)
            state |= lazily
        news = RoomNews(
            ToldRoom(access.until, timeline.after, timeline.limit, ask.required, "join", True, 0, members),
            initial=is_initial,
            expanded_timeline=timeline.is_expanded,
            limited=timeline.is_limited,
            num_live=sum(1 for placed, _ in timeline.seen if placed.position > ask.live_after),
        )
        reader, now_ms = Reader(ask.user_id, ask.device_id), self._clock.now_ms()
        if is_initial or timeline.is_limited or timeline.is_expanded:
            # What relates to these events the device may not have received all by itself.
            news.timeline = await self._rooms.shown(access, reader, timeline.seen, in_sync)
            news.prev_batch = self._rooms.page_token(ask.user_id, timeline.cursor)
        else:
            news.timeline = [in_sync(placed, reader, now_ms, membership) for placed, membership in timeline.seen]
        held = await self._rooms.memory.events(sorted(state.values()))
        news.required_state = [in_sync(placed, reader, now_ms) for placed in held]
        await self._describe(ask, cut, news, changed)
        return news

    async def _describe(
        self, ask: RoomAsk, cut: Cut, news: RoomNews, changed: dict[tuple[str, str], int] | None
    ) -> None:
        """What the room is called and how many are in it, where that may have changed."""
        is_new = changed is None
        touched = changed or {}
        touches_members = is_new or any(key[0] == MEMBER for key in touched)
        if is_new or NAME in touched:
            news.name = text_of(await cut.event(NAME), "name")
        if is_new or AVATAR in touched:
            news.avatar = text_of(await cut.event(AVATAR), "url")
        if touches_members:
            news.joined_count, news.invited_count = cut.room.count("join"), cut.room.count("invite")
        if (touches_members or NAME in touched) and text_of(await cut.event(NAME), "name") is None:
            news.heroes = await heroes_of(cut, ask.user_id)


def _compared(ask: RoomAsk, news: RoomNews) -> RoomNews:
    """What is as it was told is left out."""
    told = None if news.initial else ask.told
    if told is None or told.membership != news.told.membership:
        news.membership = news.told.membership
    if told is None or told.bump_stamp != news.told.bump_stamp:
        news.bump_stamp = news.told.bump_stamp
    return news
