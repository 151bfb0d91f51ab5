"""What is known in memory: the present of the rooms in use, recent events, and who is in which room.

Everything here is bounded and can be thrown away at any moment: the store is the truth. A room in memory runs ahead of
the store by the batches that are on their way; if one of them fails, the room is dropped and read again.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence

from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import EventId, RoomId, UserId
from sottovoce.protocol.room_versions import RoomVersion, room_version

from ..model import MEMBER, Membership, StateChange, StateEntry, StateKey, TimelineEvent
from ..ports import RoomStore

MAX_CACHED_EVENTS = 20_000
MAX_CACHED_STATE_ENTRIES = 500_000
MAX_CACHED_PEOPLE = 20_000
TAIL_POSITIONS = 256


class Room:
    """The present of one room."""

    __slots__ = (
        "depth", "is_stale", "joined", "last_state_position", "lock", "memberships", "pending", "room_id",
        "room_key", "state", "tail", "tail_floor", "tip", "version",
    )  # fmt: skip

    def __init__(self, room_key: int, room_id: RoomId, version: RoomVersion) -> None:
        self.room_key = room_key
        self.room_id = room_id
        self.version = version
        self.state: dict[StateKey, StateEntry] = {}
        self.memberships: dict[UserId, str] = {}
        self.joined: set[UserId] = set()
        self.last_state_position = 0
        self.tip: EventId | None = None
        self.depth = 0
        self.tail: deque[int] = deque(maxlen=TAIL_POSITIONS)
        self.tail_floor = 0
        self.lock = asyncio.Lock()
        self.is_stale = False
        self.pending = 0
        """Batches on their way; until they are committed the store knows less of the room than this."""

    def set_state(self, key: StateKey, entry: StateEntry, membership: str | None) -> None:
        """The piece of state is what this event says."""
        self.state[key] = entry
        self.last_state_position = max(self.last_state_position, entry.position)
        if key[0] == MEMBER and membership is not None:
            self._set_membership(UserId(key[1]), membership)

    def add(self, placed: TimelineEvent) -> None:
        """The event is the newest of the room."""
        if len(self.tail) == TAIL_POSITIONS:
            self.tail_floor = self.tail[0]
        self.tail.append(placed.position)
        self.tip = placed.event.event_id
        self.depth = placed.event.depth

    def count(self, membership: str) -> int:
        if membership == "join":
            return len(self.joined)
        return sum(1 for each in self.memberships.values() if each == membership)

    def _set_membership(self, user_id: UserId, membership: str) -> None:
        self.memberships.pop(user_id, None)
        self.memberships[user_id] = membership
        if membership == "join":
            self.joined.add(user_id)
        else:
            self.joined.discard(user_id)


class Memory:
    """Bounded caches in front of the store."""

    def __init__(self, store: RoomStore) -> None:
        self._store = store
        self._rooms: OrderedDict[RoomId, Room] = OrderedDict()
        self._state_entries = 0
        self._times_dropped = 0
        self._events: OrderedDict[int, TimelineEvent] = OrderedDict()
        self._times_changed = 0
        self._people: OrderedDict[UserId, dict[RoomId, Membership]] = OrderedDict()
        self._times_moved = 0

    @property
    def sizes(self) -> dict[str, int]:
        """How many of each are in memory."""
        return {
            "rooms": len(self._rooms),
            "state entries": self._state_entries,
            "events": len(self._events),
            "people": len(self._people),
        }

    async def room(self, room_id: RoomId) -> Room | None:
        """The room as it is now, or None if there is none."""
        room = self._rooms.get(room_id)
        if room is None:
            await self.load_rooms((room_id,))
            return self._rooms.get(room_id)
        self._rooms.move_to_end(room_id)
        return room

    async def locked(self, room_id: RoomId) -> Room | None:
        """The room, its lock held by whoever asked; None if there is none."""
        while (room := await self.room(room_id)) is not None:
            await room.lock.acquire()
            if not room.is_stale:
                break
            room.lock.release()
        return room

    def known_room(self, room_id: RoomId) -> Room | None:
        """The room, if it is in memory."""
        return self._rooms.get(room_id)

    async def load_rooms(self, room_ids: Iterable[RoomId]) -> None:
        """Those of the rooms that exist are in memory, at the cost of a few reads together."""
        while missing := [room_id for room_id in room_ids if room_id not in self._rooms]:
            times_dropped = self._times_dropped
            found = await self._read_rooms(missing)
            if times_dropped != self._times_dropped:
                continue  # what was read may be older than what was in memory for a moment: read again
            for room in found:
                if room.room_id not in self._rooms:
                    self.add_room(room)
            return

    def add_room(self, room: Room) -> None:
        """The room is known; the least used ones are forgotten where there are too many."""
        self._rooms[room.room_id] = room
        self._state_entries += len(room.state)
        while self._state_entries > MAX_CACHED_STATE_ENTRIES and len(self._rooms) > 1:
            oldest = next(iter(self._rooms.values()))
            if oldest.lock.locked() or oldest.pending:
                self._rooms.move_to_end(oldest.room_id)
                break
            self.drop_room(oldest)

    def drop_room(self, room: Room) -> None:
        """The room, and what people are to it, will be read again; nobody may build on this copy."""
        room.is_stale = True
        self._times_dropped += 1
        if self._rooms.get(room.room_id) is room:
            del self._rooms[room.room_id]
            self._state_entries = max(0, self._state_entries - len(room.state))

    async def event(self, position: int) -> TimelineEvent:
        """The event at this position, which must exist."""
        placed = self._events.get(position)
        return placed if placed is not None else (await self.events([position]))[0]

    async def events(self, positions: Sequence[int]) -> list[TimelineEvent]:
        """The events at these positions, in the order given."""
        known = self._events
        missing = [position for position in positions if position not in known]
        if not missing:
            return [known[position] for position in positions]
        times_changed = self._times_changed
        kept = {position: known[position] for position in positions if position in known}
        found = {placed.position: placed for placed in await self._store.list_events(missing)}
        if times_changed == self._times_changed:
            self._remember(found.values())
        found |= kept
        return [found[position] for position in positions if position in found]

    def known_event(self, position: int) -> TimelineEvent | None:
        return self._events.get(position)

    def add_event(self, placed: TimelineEvent) -> None:
        self._remember((placed,))

    def change_event(self, placed: TimelineEvent) -> None:
        """The event at this position is another than was stored; what is being read right now is not remembered."""
        self._times_changed += 1
        self._remember((placed,))

    def drop_event(self, position: int) -> None:
        self._times_changed += 1
        self._events.pop(position, None)

    def drop_events_of(self, room_id: RoomId) -> None:
        """Nothing of the room is in memory."""
        self._times_changed += 1
        for position in [place for place, each in self._events.items() if each.event.room_id == room_id]:
            del self._events[position]

    def drop_replacing(self, position: int) -> None:
        """Nothing in memory quotes the state event at this position any more."""
        self._times_changed += 1
        for quoting in [each.position for each in self._events.values() if each.replaces == position]:
            del self._events[quoting]

    async def rooms_of(self, user_id: UserId) -> dict[RoomId, Membership]:
        """What the person is to each room; do not change it."""
        mine = self._people.get(user_id)
        if mine is not None:
            self._people.move_to_end(user_id)
            return mine
        times_moved = None
        while times_moved != self._times_moved:  # else what was read may be older than what was said meanwhile
            times_moved = self._times_moved
            mine = await self._store.list_memberships(user_id)
        assert mine is not None
        mine = self._people.setdefault(user_id, mine)
        while len(self._people) > MAX_CACHED_PEOPLE:
            self._people.popitem(last=False)
        return mine

    def set_membership(self, user_id: UserId, room_id: RoomId, membership: Membership) -> None:
        self._times_moved += 1
        mine = self._people.get(user_id)
        if mine is not None:
            mine[room_id] = membership

    def drop_person(self, user_id: UserId) -> None:
        self._times_moved += 1
        self._people.pop(user_id, None)

    async def state_changes(self, room: Room, after: int, until: int) -> list[StateChange]:
        """State events in (after, until], ascending, with those on their way to the store."""
        changes: dict[int, StateChange] = {}
        is_all = after >= room.tail_floor
        for position in reversed(room.tail):
            if position <= after:
                break
            placed = self._events.get(position)
            if placed is None:
                is_all = False
                break
            event = placed.event
            if event.state_key is not None and position <= until:
                changes[position] = StateChange(position, (event.type, event.state_key), placed.replaces)
        if not is_all:
            for change in await self._store.state_changes_after(room.room_key, after, until):
                changes[change.position] = change
        return [changes[position] for position in sorted(changes)]

    async def state_history(self, room: Room, key: StateKey, until: int) -> list[int]:
        """Where this piece of state was set up to this position, ascending."""
        entry = room.state.get(key)
        position = None if entry is None else entry.position
        places = []
        while position is not None:
            placed = self._events.get(position)
            if placed is None:
                return await self._store.state_history(room.room_key, key, until)
            if position <= until:
                places.append(position)
            position = placed.replaces
        places.reverse()
        return places

    async def positions_between(self, room: Room, after: int, until: int, limit: int) -> list[int]:
        """The newest `limit` positions of events in (after, until], ascending."""
        newest: list[int] = []
        for position in reversed(room.tail):
            if position <= after or len(newest) == limit:
                break
            if position <= until:
                newest.append(position)
        if len(newest) < limit and after < room.tail_floor:
            newest = await self._store.positions_before(room.room_key, until, after, limit)
        newest.reverse()
        return newest

    async def state_event(self, room: Room, key: StateKey) -> Event | None:
        """The event that holds this piece of state now."""
        entry = room.state.get(key)
        return None if entry is None else (await self.event(entry.position)).event

    async def _read_rooms(self, room_ids: Sequence[RoomId]) -> list[Room]:
        records = await self._store.list_rooms(room_ids, TAIL_POSITIONS)
        states = await self._store.list_state([record.room_key for record in records])
        last = {event.position: event.event for event in await self.events([record.tail[0] for record in records])}
        rooms = []
        for record in records:
            room = Room(record.room_key, record.room_id, room_version(record.version))
            for row in states[record.room_key]:
                room.set_state((row.type, row.state_key), StateEntry(row.position, row.event_id), row.membership)
            room.tail.extend(reversed(record.tail))
            room.tail_floor = 0 if len(record.tail) < TAIL_POSITIONS else record.tail[-1] - 1
            newest = last[record.tail[0]]
            room.tip, room.depth = newest.event_id, newest.depth
            rooms.append(room)
        return rooms

    def _remember(self, events: Iterable[TimelineEvent]) -> None:
        for placed in events:
            self._events[placed.position] = placed
            self._events.move_to_end(placed.position)
        while len(self._events) > MAX_CACHED_EVENTS:
            self._events.popitem(last=False)
