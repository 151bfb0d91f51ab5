"""What a reader may ask of a room's past and present."""

from collections.abc import Iterable, Sequence

import msgspec

from sottovoce.protocol.filters import RoomEventFilter
from sottovoce.protocol.ids import EventId, RoomId, UserId

from ..model import (
    MEMBER,
    Context,
    EventNotFound,
    MessagesPage,
    NotInRoom,
    Reader,
    StateKey,
    StateNotFound,
    TimelineEvent,
)
from .showing import Seen, Showing
from .sight import Access
from .states import States

MAX_PAGE_EVENTS = 1000
MAX_SCANNED_EVENTS = 10_000
"""How far one request looks for events that a filter lets through before it answers with what it has."""
_SCAN_EVENTS = 250


class Reading(Showing, States):
    """Answers the questions of the client-server API about one room."""

    async def messages(
        self,
        reader: Reader,
        room_id: RoomId,
        start: str | None,
        end: str | None,
        backwards: bool,
        limit: int,
        filter: RoomEventFilter,
    ) -> MessagesPage:
        """A page of the room's timeline, at most `limit` events. Raises NotInRoom, InvalidParam (a foreign token).

        start None: from the newest, or the oldest going forwards. Spec: client-server, GET /rooms/{roomId}/messages.
        """
        access = await self.access(reader.user_id, room_id)
        first = access.until if backwards else 0
        cursor = first if start is None else self._page_position(reader.user_id, start)
        stop = (0 if backwards else access.until) if end is None else self._page_position(reader.user_id, end)
        limit = min(limit, MAX_PAGE_EVENTS)
        seen, further = await self._scan(access, min(cursor, access.until), stop, backwards, limit, filter)
        state = await self._senders(access, [placed for placed, _ in seen]) if filter.lazy_load_members else []
        return MessagesPage(
            start=start or self.page_token(reader.user_id, cursor),
            end=None if further is None else self.page_token(reader.user_id, further),
            chunk=await self.shown(access, reader, seen),
            state=await self.shown(access, reader, [(placed, b"join") for placed in state]),
        )

    async def event(self, reader: Reader, room_id: RoomId, event_id: EventId) -> bytes:
        """The event. Raises EventNotFound, also where the reader may not see it. Spec: GET /rooms/…/event."""
        try:
            access, seen = await self._one(reader, room_id, event_id)
        except NotInRoom:
            raise EventNotFound from None
        return (await self.shown(access, reader, [seen]))[0]

    async def context(
        self, reader: Reader, room_id: RoomId, event_id: EventId, limit: int, filter: RoomEventFilter
    ) -> Context:
        """The event among at most `limit` neighbours. Raises NotInRoom, EventNotFound. Spec: GET /rooms/…/context."""
        access, seen = await self._one(reader, room_id, event_id)
        position = seen[0].position
        limit = min(limit, MAX_PAGE_EVENTS)
        before, oldest = await self._scan(access, position - 1, 0, True, limit // 2, filter)
        after, _ = await self._scan(access, position, access.until, False, limit - limit // 2, filter)
        newest = after[-1][0].position if after else position
        state = await self.memory.events(await self._context_state(access, newest, [*before, seen, *after], filter))
        start = oldest if oldest is not None else (before[-1][0].position if before else position) - 1
        return Context(
            start=self.page_token(reader.user_id, start),
            end=self.page_token(reader.user_id, newest),
            event=(await self.shown(access, reader, [seen]))[0],
            events_before=await self.shown(access, reader, before),
            events_after=await self.shown(access, reader, after),
            state=await self.shown(access, reader, [(placed, b"join") for placed in state]),
        )

    async def state(self, reader: Reader, room_id: RoomId) -> list[bytes]:
        """The state as the reader may know it: now, or when they left. Raises NotInRoom. Spec: GET /rooms/…/state."""
        access = await self.access(reader.user_id, room_id)
        positions = await self.state_positions(access.room, access.until)
        events = await self.memory.events(sorted(positions.values()))
        membership = access.membership.membership.encode()
        return await self.shown(access, reader, [(placed, membership) for placed in events])

    async def state_event(self, reader: Reader, room_id: RoomId, event_type: str, state_key: str, whole: bool) -> bytes:
        """One piece of state: its content, or the whole event. Raises NotInRoom, StateNotFound."""
        access = await self.access(reader.user_id, room_id)
        position = (await self.state_positions(access.room, access.until)).get((event_type, state_key))
        if position is None:
            raise StateNotFound
        placed = await self.memory.event(position)
        if whole:
            return (await self.shown(access, reader, [(placed, access.membership.membership.encode())]))[0]
        return msgspec.json.encode(placed.event.content)

    async def members(
        self, reader: Reader, room_id: RoomId, at: str | None, membership: str | None, not_membership: str | None
    ) -> list[bytes]:
        """The membership events, now or at a token. Raises NotInRoom, InvalidParam. Spec: GET /rooms/…/members."""
        access = await self.access(reader.user_id, room_id)
        until = access.until if at is None else min(access.until, self._page_position(reader.user_id, at))
        positions = await self.state_positions(access.room, until)
        events = await self.memory.events(sorted(place for key, place in positions.items() if key[0] == MEMBER))
        wanted = [(placed, b"join") for placed in events if _has_membership(placed, membership, not_membership)]
        return await self.shown(access, reader, wanted)

    async def joined_members(self, reader: Reader, room_id: RoomId) -> dict[str, dict[str, object]]:
        """Who is in the room, with name and picture. Raises NotInRoom unless the reader is in it too."""
        room = (await self.access(reader.user_id, room_id)).room
        if reader.user_id not in room.joined:
            raise NotInRoom
        entries = {user: room.state[MEMBER, user].position for user in room.joined}
        events = {placed.position: placed.event for placed in await self.memory.events(sorted(entries.values()))}
        return {user: _card(events[position].content) for user, position in entries.items() if position in events}

    async def joined_rooms(self, user_id: UserId) -> list[RoomId]:
        """The rooms the person is in. Spec: client-server, GET /joined_rooms."""
        rooms = await self.memory.rooms_of(user_id)
        return [room_id for room_id, membership in rooms.items() if membership.membership == "join"]

    async def _one(self, reader: Reader, room_id: RoomId, event_id: EventId) -> tuple[Access, Seen]:
        access = await self.access(reader.user_id, room_id)
        place = await self._tools.store.find_position(event_id)
        if place is None or place[0] != access.room.room_key or place[1] > access.until:
            raise EventNotFound
        seen = await self.visible(access, [await self.memory.event(place[1])])
        if not seen:
            raise EventNotFound
        return access, seen[0]

    async def _scan(
        self, access: Access, cursor: int, stop: int, backwards: bool, limit: int, filter: RoomEventFilter
    ) -> tuple[list[Seen], int | None]:
        """Events from the cursor on that are visible and asked for; and the cursor for more, None at the end."""
        found: list[Seen] = []
        scanned = 0
        while limit > 0:
            wanted = _SCAN_EVENTS if scanned else limit + 1
            positions = await self._positions(access, cursor, stop, backwards, wanted)
            for placed, membership in await self.visible(access, await self.memory.events(positions)):
                if _is_wanted(placed, filter):
                    if len(found) == limit:
                        return found, _next_cursor(found[-1][0].position, backwards)
                    found.append((placed, membership))
            scanned += len(positions)
            if len(positions) < wanted:
                return found, None
            cursor = _next_cursor(positions[-1], backwards)
            if scanned >= MAX_SCANNED_EVENTS:
                break
        return found, cursor

    async def _positions(self, access: Access, cursor: int, stop: int, backwards: bool, limit: int) -> Sequence[int]:
        store, room_key = self._tools.store, access.room.room_key
        if backwards:
            return await store.positions_before(room_key, cursor, stop, limit)
        return await store.positions_after(room_key, cursor, min(stop, access.until), limit)

    async def _context_state(
        self, access: Access, at: int, around: Sequence[Seen], filter: RoomEventFilter
    ) -> list[int]:
        positions = await self.state_positions(access.room, at)
        if filter.lazy_load_members:
            senders = {placed.event.sender for placed, _ in around}
            positions = {key: place for key, place in positions.items() if key[0] != MEMBER or key[1] in senders}
        return sorted(positions.values())

    async def _senders(self, access: Access, events: Iterable[TimelineEvent]) -> list[TimelineEvent]:
        keys: list[StateKey] = [(MEMBER, sender) for sender in dict.fromkeys(placed.event.sender for placed in events)]
        positions = await self.state_positions(access.room, access.until)
        return await self.memory.events([positions[key] for key in keys if key in positions])


def _is_wanted(placed: TimelineEvent, filter: RoomEventFilter) -> bool:
    event = placed.event
    return filter.room_matches(event.room_id) and filter.matches(event.type, event.sender, "url" in event.content)


def _has_membership(placed: TimelineEvent, wanted: str | None, unwanted: str | None) -> bool:
    """Both given, either suffices. Spec: client-server, GET /rooms/{roomId}/members."""
    if wanted is None and unwanted is None:
        return True
    membership = placed.event.content.get("membership")
    return membership == wanted or (unwanted is not None and membership != unwanted)


def _next_cursor(position: int, backwards: bool) -> int:
    return position - 1 if backwards else position


def _card(content: dict[str, object]) -> dict[str, object]:
    names = (("displayname", "display_name"), ("avatar_url", "avatar_url"))
    return {name: content[field] for field, name in names if isinstance(content.get(field), str)}
