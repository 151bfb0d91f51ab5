"""Rooms: everything that may be asked of them."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice

from msgspec.structs import replace

from sottovoce.protocol.events import client_form, parse_pdu
from sottovoce.protocol.ids import EventId, RoomId, UserId
from sottovoce.protocol.power import PowerLevels

from ..model import (
    CREATE,
    MEMBER,
    POWER_LEVELS,
    ContentGone,
    EventNotFound,
    Reader,
    RoomNotFound,
    Standing,
    StateKey,
    TimelineEvent,
)
from ..rules import is_redacted, with_room_id
from .ageing import Ageing
from .attendance import Attendance
from .base import SYNC, Surroundings
from .catalogue import Catalogue
from .erasing import Eraser, Erasing
from .glance import Glance
from .listening import Listening, Peeks
from .log import Log
from .memory import Memory, Room
from .naming import Naming
from .retention import Retention
from .searched import Searched
from .sending import Sending
from .showing import Form
from .sight import Access
from .spaces import Spaces
from .states import inviter_key
from .tools import Tools
from .upgrading import Upgrading

__all__ = [
    "SYNC",
    "Access",
    "Ageing",
    "Catalogue",
    "Eraser",
    "Erasing",
    "Form",
    "Memory",
    "Retention",
    "Room",
    "Rooms",
    "Surroundings",
    "Tools",
    "inviter_key",
]

_MAY_REPLACE_JOIN = b'"membership":"join"'


class Rooms(Sending, Upgrading, Spaces, Naming, Searched, Log, Listening, Attendance, Glance):
    """The rooms of this server: written to through Sending and Creation, read through the others."""

    def __init__(self, tools: Tools, around: Surroundings) -> None:
        super().__init__(tools, around)
        self._peeks = Peeks()

    async def exists(self, room_id: RoomId) -> bool:
        """Whether there is such a room."""
        return await self.memory.room(room_id) is not None

    async def is_joined(self, user_id: UserId, room_id: RoomId) -> bool:
        """Whether the person is in the room."""
        room = await self.memory.room(room_id)
        return room is not None and user_id in room.joined

    async def joined_users(self, room_id: RoomId) -> AbstractSet[UserId]:
        """Those in the room: a living set, not to be changed, empty for no room."""
        room = await self.memory.room(room_id)
        return frozenset() if room is None else room.joined

    async def rooms_of(self, user_id: UserId) -> AbstractSet[RoomId]:
        """The rooms the person is in."""
        return frozenset(await self.joined_rooms(user_id))

    async def contacts_of(self, user_id: UserId) -> set[UserId]:
        """Everybody who is in a room with the person, the person left out."""
        contacts: set[UserId] = set()
        room_ids = await self.rooms_of(user_id)
        await self.memory.load_rooms(room_ids)
        for room_id in room_ids:
            contacts |= await self.joined_users(room_id)
        contacts.discard(user_id)
        return contacts

    async def shares_room(self, one: UserId, other: UserId) -> bool:
        """Whether the two are in a room together."""
        mine, theirs = await self.rooms_of(one), await self.rooms_of(other)
        return not mine.isdisjoint(theirs)

    async def find_timeline_event(self, room_id: RoomId, event_id: EventId) -> TimelineEvent | None:
        """The event, if it is one of this room's; else None."""
        room, place = await self.memory.room(room_id), await self._tools.store.find_position(event_id)
        if room is None or place is None or place[0] != room.room_key:
            return None
        return await self.memory.event(place[1])

    async def unredacted(self, reader: Reader, room_id: RoomId, event_id: EventId) -> bytes:
        """The event as it was before it was redacted, for administrators: whether they may see it is not asked.

        Raises EventNotFound, ContentGone (it is kept no longer, or never was). Proposal 2815.
        """
        room, placed = await self.memory.room(room_id), await self.find_timeline_event(room_id, event_id)
        if room is None or placed is None:
            raise EventNotFound
        if is_redacted(placed):
            retention = self._tools.retention
            pdu = None if retention is None else await retention.find(placed.position)
            if pdu is None:
                raise ContentGone
            event = parse_pdu(pdu, room.version, event_id)
            placed = replace(placed, event=event, client=client_form(event))
        return with_room_id(placed, reader, self._tools.clock.now_ms(), b"leave")

    async def events_after(self, room_id: RoomId, position: int, limit: int) -> list[TimelineEvent]:
        """The newest `limit` committed events after this position, oldest first."""
        room = await self.memory.room(room_id)
        if room is None:
            return []
        until = self._tools.changes.now.log
        return await self.memory.events(await self.memory.positions_between(room, position, until, limit))

    async def read_ahead(self, after: Mapping[RoomId, int], limit: int) -> None:
        """Of each of these rooms the power levels and the newest events after this position are in memory.

        Most of them at least: it spares the verbs above a read for each room.
        """
        await self.memory.load_rooms(after)
        places: list[int] = []
        for room_id, position in after.items():
            room = await self.memory.room(room_id)
            if room is not None:
                places += [room.state[key].position for key in (CREATE, POWER_LEVELS) if key in room.state]
                places += [place for place in islice(reversed(room.tail), limit) if place > position]
        await self.memory.events(places)

    async def power_levels(self, room_id: RoomId) -> PowerLevels:
        """The power levels in the room now. Raises RoomNotFound."""
        return (await self.standing(room_id, None)).power

    async def standing(self, room_id: RoomId, user_id: UserId | None) -> Standing:
        """The room as it is now, and this person in it, by the name they have there. Raises RoomNotFound."""
        room = await self.memory.room(room_id)
        if room is None:
            raise RoomNotFound
        create, levels = await self.memory.state_event(room, CREATE), room.state.get(POWER_LEVELS)
        assert create is not None, "a room begins with its create event"
        power = PowerLevels(create, await self.memory.state_event(room, POWER_LEVELS), room.version)
        member = None if user_id is None else await self.memory.state_event(room, (MEMBER, user_id))
        name = None if member is None else member.content.get("displayname")
        position = 0 if levels is None else levels.position
        return Standing(power, position, len(room.joined), name if isinstance(name, str) else None)

    async def joined_since(self, user_id: UserId, room_ids: Iterable[RoomId]) -> dict[RoomId, int]:
        """Of each of these rooms in which the person is, where the event stands by which they came in.

        Later events that only change their name or picture do not count.
        """
        mine = await self.memory.rooms_of(user_id)
        asked = {room: mine[room].position for room in room_ids if room in mine and mine[room].membership == "join"}
        since = dict(asked)
        while asked:
            events = {placed.position: placed for placed in await self.memory.events(list(asked.values()))}
            joins = {
                room: events[position]
                for room, position in asked.items()
                if position in events and events[position].event.content.get("membership") == "join"
            }
            since |= {room: placed.position for room, placed in joins.items()}
            asked = {
                room: placed.replaces
                for room, placed in joins.items()
                if placed.replaces is not None and _MAY_REPLACE_JOIN in placed.unsigned
            }
        return since

    async def rooms_with_news(self, room_ids: Iterable[RoomId], after: int) -> list[RoomId]:
        """Those of these rooms in which something happened after this position."""
        return await self._tools.store.list_newest(room_ids, after)

    async def newest_positions(self, room_ids: Iterable[RoomId], until: int) -> dict[RoomId, int]:
        """Of each of these rooms where the newest event up to this position stands."""
        newest, unknown = {}, []
        for room_id in room_ids:
            room = self.memory.known_room(room_id)
            place = None if room is None else next((at for at in reversed(room.tail) if at <= until), None)
            if place is None:
                unknown.append(room_id)
            else:
                newest[room_id] = place
        return newest | (await self._tools.store.list_newest_positions(unknown, until) if unknown else {})

    async def state_places(self, room_ids: Iterable[RoomId], key: StateKey) -> dict[RoomId, int]:
        """Of each of these rooms that has this piece of state, where the event stands that holds it now."""
        places, unknown = {}, []
        for room_id in room_ids:
            room = self.memory.known_room(room_id)
            if room is None:
                unknown.append(room_id)
            elif key in room.state:
                places[room_id] = room.state[key].position
        return places | (await self._tools.store.list_state_places(unknown, key) if unknown else {})
