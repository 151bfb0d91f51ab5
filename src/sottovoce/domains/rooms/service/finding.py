"""Finding events by their time, events by their name alone, and rooms two people share."""

from sottovoce.protocol.filters import RoomEventFilter
from sottovoce.protocol.ids import EventId, RoomId, UserId, parse_user_id

from ..model import EventNotFound, InitialRoom, InvalidParam, Reader
from .reading import Reading
from .sight import Access

MAX_MUTUAL_ROOMS = 500
"""Per page."""
_EVERYTHING = RoomEventFilter()


class Finding(Reading):
    """Questions about rooms that do not begin with a place in them."""

    async def event_at(self, user_id: UserId, room_id: RoomId, at_ms: int, backwards: bool) -> tuple[EventId, int]:
        """The first event from this time on that the person may see, or the last up to it; its id and its time.

        In a room whose events do not stand in the order of their times, one close to it. Raises NotInRoom,
        EventNotFound. Spec: client-server, GET /rooms/{roomId}/timestamp_to_event.
        """
        access = await self.access(user_id, room_id)
        cursor = await self._last_before(access, at_ms + 1 if backwards else at_ms)
        seen, _ = await self._scan(access, cursor, 0 if backwards else access.until, backwards, 1, _EVERYTHING)
        if not seen:
            raise EventNotFound
        event = seen[0][0].event
        return event.event_id, event.origin_server_ts

    async def event_anywhere(self, reader: Reader, event_id: EventId) -> bytes:
        """The event, in whatever room it is. Raises EventNotFound, also where the reader may not see it.

        Spec: client-server, GET /events/{eventId}.
        """
        placed = await self._tools.store.find_event(event_id)
        if placed is None:
            raise EventNotFound
        return await self.event(reader, placed.event.room_id, event_id)

    async def initial(self, reader: Reader, room_id: RoomId, limit: int) -> InitialRoom:
        """The room as it is now, or was when they left, with its newest events, oldest first. Raises NotInRoom.

        Spec: client-server, GET /rooms/{roomId}/initialSync.
        """
        access = await self.access(reader.user_id, room_id)
        page = await self.messages(reader, room_id, None, None, True, limit, _EVERYTHING)
        return InitialRoom(
            membership=access.membership.membership,
            start=page.end or self.page_token(reader.user_id, 0),
            end=page.start,
            chunk=page.chunk[::-1],
            state=await self.state(reader, room_id),
        )

    async def mutual_rooms(
        self, user_id: UserId, other: str, start: str | None
    ) -> tuple[list[RoomId], int, str | None]:
        """A page of the rooms both are in, how many there are, and the token for more.

        Raises InvalidParam (oneself, or a foreign token), BadIdentifier. Spec: client-server, GET /mutual_rooms.
        """
        person = parse_user_id(other)
        if person == user_id:
            raise InvalidParam("user_id is somebody else's")
        skipped = 0 if start is None else self._page_position(user_id, start)
        theirs = set(await self.joined_rooms(person))
        shared = sorted(room_id for room_id in await self.joined_rooms(user_id) if room_id in theirs)
        end = skipped + MAX_MUTUAL_ROOMS
        return shared[skipped:end], len(shared), self.page_token(user_id, end) if end < len(shared) else None

    async def _last_before(self, access: Access, at_ms: int) -> int:
        """A position such that events after it have this time or a later one, and others an earlier one.

        Found by halving, as if events stood in the order of their times.
        """
        low, high = access.room.room_key - 1, access.until
        while low < high:
            middle = (low + high) // 2
            places = await self._tools.store.positions_after(access.room.room_key, middle, access.until, 1)
            if not places or (await self.memory.event(places[0])).event.origin_server_ts >= at_ms:
                high = middle
            else:
                low = places[0]
        return low
