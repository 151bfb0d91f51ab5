"""The state of one room in a sliding sync: as it is at the end of the timeline. Spec: MSC4186, required_state."""

from collections.abc import Iterable, Mapping

from sottovoce.domains.changes.model import Hero
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import UserId
from sottovoce.protocol.required_state import RequiredState

from ..model import MEMBER, StateKey, TimelineEvent
from ..rules import heroes
from ..service import Room, Rooms

NAME: StateKey = ("m.room.name", "")
AVATAR: StateKey = ("m.room.avatar", "")
MAX_TOLD_MEMBERS = 200
"""How many members given lazily a connection remembers of a room; beyond, they are given again."""


class Cut:
    """The state of a room as of a position: the present, or when somebody left.

    own: the reader's own membership, where it changed after that.
    """

    def __init__(self, rooms: Rooms, room: Room, until: int) -> None:
        self._rooms = rooms
        self.room = room
        self.until = until
        self.own: tuple[StateKey, int] | None = None

    async def changed(self, after: int) -> dict[StateKey, int]:
        """What changed after this position, by the places of its last events."""
        changed = await self._rooms.state_changes(self.room, after, self.until) if after < self.until else {}
        if self.own is not None and self.own[1] > after:
            changed[self.own[0]] = self.own[1]
        return changed

    async def wanted(
        self, required: RequiredState, changed: Mapping[StateKey, int] | None, before: RequiredState | None
    ) -> dict[StateKey, int]:
        """What is asked for, of what changed or was not asked for before; changed None: of all there is."""
        if changed is None or before is None:
            return await self._held(required)
        wanted = required.of(changed)
        if before != required:
            more = await self._held(required)
            wanted |= {key: place for key, place in more.items() if not before.matches(*key)}
        return wanted

    async def place(self, key: StateKey) -> int | None:
        """Where the event stands that holds this piece of state."""
        if self.own is not None and self.own[0] == key:
            return self.own[1]
        entry = self.room.state.get(key)
        if entry is None or entry.position <= self.until:
            return None if entry is None else entry.position
        places = await self._rooms.memory.state_history(self.room, key, self.until)
        return places[-1] if places else None

    async def event(self, key: StateKey) -> Event | None:
        """The event that holds this piece of state."""
        place = await self.place(key)
        return None if place is None else (await self._rooms.memory.event(place)).event

    async def events(self, keys: Iterable[StateKey]) -> list[Event]:
        """Those that hold these pieces of state, in this order; the pieces that do not exist are left out."""
        places = [place for key in keys if (place := await self.place(key)) is not None]
        return [placed.event for placed in await self._rooms.memory.events(places)]

    async def _held(self, required: RequiredState) -> dict[StateKey, int]:
        if required.exact_keys is None:
            state = await self._rooms.state_positions(self.room, self.until)
            return required.of(state if self.own is None else state | {self.own[0]: self.own[1]})
        places = {key: await self.place(key) for key in required.exact_keys}
        return required.of({key: place for key, place in places.items() if place is not None})


async def lazy_members(
    cut: Cut, timeline: Iterable[TimelineEvent], updates: Mapping[StateKey, int], known: frozenset[UserId]
) -> tuple[dict[StateKey, int], frozenset[UserId]]:
    """The members the timeline needs and those that changed, but for those known; and who is known then.

    Spec: MSC4186, Lazy loaded memberships.
    """
    needed = set()
    for placed in timeline:
        needed.add(placed.event.sender)
        if placed.event.type == MEMBER and placed.event.state_key is not None:
            needed.add(UserId(placed.event.state_key))
    places = {key: place for key, place in updates.items() if key[0] == MEMBER}
    for user_id in needed - known:
        key = (MEMBER, str(user_id))
        place = await cut.place(key)
        if place is not None:
            places[key] = place
    told = frozenset(UserId(key[1]) for key in places)
    return places, known | told if len(known) + len(told) <= MAX_TOLD_MEMBERS else told


async def heroes_of(cut: Cut, user_id: UserId) -> list[Hero]:
    """Whom a nameless room is called after. Spec: MSC4186, Hero."""
    members = heroes(cut.room.memberships, user_id)
    events = await cut.events((MEMBER, member) for member in members)
    return [
        Hero(UserId(event.state_key or ""), text_of(event, "displayname"), text_of(event, "avatar_url"))
        for event in events
    ]


def text_of(event: Event | None, field: str) -> str | None:
    """What the event's content says under this name, if that is a text and not an empty one."""
    text = None if event is None else event.content.get(field)
    return text if isinstance(text, str) and text else None
