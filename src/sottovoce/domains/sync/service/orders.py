"""The rooms of each person by recent activity, kept from one request to the next and moved on by what changed.

An order is never changed: when something moved there is a new one. So whoever holds one can wait as often as needed.
"""

from collections import OrderedDict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from sottovoce.domains.changes.model import Moved, Positions, RoomPlace
from sottovoce.domains.changes.service import Changes
from sottovoce.protocol.ids import RoomId, UserId

from ..model import RoomFilters
from ..ports import KeptData, Places
from ..rules import EVERYTHING, Facts, direct_rooms, holds, tags_in

MAX_ORDERED_ROOMS = 200_000
"""How many rooms the orders of all people together hold; those of people longest away are forgotten first."""
MAX_KEPT_LISTS = 16
"""How many lists of one person are kept until something moves."""


@dataclass(slots=True)
class Order:
    """One person's rooms at these positions, the most recent first, and what is known of them for filters."""

    user_id: UserId
    positions: Positions
    places: Mapping[RoomId, RoomPlace]
    rooms: list[RoomId]
    direct: AbstractSet[RoomId]
    unlisted: AbstractSet[RoomId]
    """Rooms that are in a list only if the connection knows them already: those the person left."""
    tags: Mapping[RoomId, AbstractSet[str]] | None = None
    encrypted: set[RoomId] | None = None
    types: dict[RoomId, str | None] | None = None
    lists: dict[RoomFilters, list[RoomId]] = field(default_factory=dict)


class Orders:
    """The orders of those who asked last."""

    def __init__(self, places: Places, kept: KeptData, changes: Changes) -> None:
        self._places = places
        self._kept = kept
        self._changes = changes
        self._orders: OrderedDict[UserId, Order] = OrderedDict()
        self._size = 0

    async def current(self, user_id: UserId) -> Order:
        """The person's rooms as they are now."""
        now = self._changes.now
        known = self._orders.get(user_id)
        if known is not None and known.positions == now:
            return known
        moved = None if known is None else self._changes.moved(user_id, known.positions, now)
        rooms = None if moved is None else moved.rooms("rooms")
        if known is None or moved is None or rooms is None:
            order = await self._made(user_id, now)
        else:
            order = await self._moved_on(known, now, moved, rooms)
        self._keep(order)
        return order

    def forget(self, user_id: UserId) -> None:
        """Nothing is remembered of the person's rooms."""
        order = self._orders.pop(user_id, None)
        if order is not None:
            self._size -= len(order.rooms)

    async def list_of(self, order: Order, filters: RoomFilters) -> list[RoomId]:
        """All rooms these filters let through, the most recent first; not to be changed."""
        if filters == EVERYTHING:
            return order.rooms
        found = order.lists.get(filters)
        if found is None:
            facts = await self._facts(order, filters)
            found = [room for room in order.rooms if holds(filters, room, order.places[room], facts)]
            if filters.spaces is None and len(order.lists) < MAX_KEPT_LISTS:
                order.lists[filters] = found
        return found

    async def _made(self, user_id: UserId, now: Positions) -> Order:
        places = await self._places.all(user_id, now.log)
        direct = await self._direct(user_id)
        return Order(user_id, now, places, _sorted(places), direct, _unlisted(places))

    async def _moved_on(self, known: Order, now: Positions, moved: Moved, rooms: set[RoomId]) -> Order:
        user_id = known.user_id
        has_kept = moved.has("account_data")
        if not rooms and not has_kept:
            known.positions = max(known.positions, now)
            return known
        direct = await self._direct(user_id) if has_kept else known.direct
        if has_kept:  # it says also whose invitations are shown
            rooms = rooms | {room for room, place in known.places.items() if place.membership == "invite"}
        if not rooms:
            return Order(
                user_id, now, known.places, known.rooms, direct, known.unlisted, None, known.encrypted, known.types
            )
        new = await self._places.of(user_id, rooms, now.log)
        places = {room: place for room, place in known.places.items() if room not in rooms} | new
        order = Order(user_id, now, places, _moved_up(known, new, rooms, places), direct, _unlisted(places))
        order.tags = None if has_kept else known.tags
        if known.encrypted is not None:
            order.encrypted = (known.encrypted - rooms) | await self._places.encrypted(new)
        if known.types is not None:
            order.types = known.types | await self._places.types(new.keys() - known.types.keys())
        return order

    async def _facts(self, order: Order, filters: RoomFilters) -> Facts:
        facts = Facts(direct=order.direct)
        if filters.is_encrypted is not None:
            if order.encrypted is None:
                order.encrypted = await self._places.encrypted(order.places)
            facts.encrypted = order.encrypted
        if filters.room_types is not None or filters.not_room_types is not None:
            if order.types is None:
                order.types = await self._places.types(order.places)
            facts.types = order.types
        if filters.tags is not None or filters.not_tags is not None:
            if order.tags is None:
                kept = await self._kept.of_type(order.user_id, "m.tag")
                order.tags = {room: tags_in(content) for room, content in kept.items() if room is not None}
            facts.tags = order.tags
        if filters.spaces is not None:
            spaces = [RoomId(space) for space in filters.spaces if RoomId(space) in order.places]
            facts.children = await self._places.children(order.user_id, spaces)
        return facts

    async def _direct(self, user_id: UserId) -> AbstractSet[RoomId]:
        return direct_rooms((await self._kept.of_type(user_id, "m.direct")).get(None))

    def _keep(self, order: Order) -> None:
        known = self._orders.get(order.user_id)
        if known is not None and known.positions > order.positions:
            return
        self._size += len(order.rooms) - (0 if known is None else len(known.rooms))
        self._orders[order.user_id] = order
        self._orders.move_to_end(order.user_id)
        while self._size > MAX_ORDERED_ROOMS and len(self._orders) > 1:
            self._size -= len(self._orders.popitem(last=False)[1].rooms)


def _sorted(places: Mapping[RoomId, RoomPlace]) -> list[RoomId]:
    return sorted(places, key=lambda room: places[room].position, reverse=True)


def _moved_up(
    known: Order, new: Mapping[RoomId, RoomPlace], moved: AbstractSet[RoomId], places: Mapping[RoomId, RoomPlace]
) -> list[RoomId]:
    """As _sorted, with less work: whatever moved is usually more recent than all the rest."""
    first, rest = _sorted(new), [room for room in known.rooms if room not in moved]
    if first and rest and places[first[-1]].position < places[rest[0]].position:
        return _sorted(places)
    return first + rest


def _unlisted(places: Mapping[RoomId, RoomPlace]) -> set[RoomId]:
    return {room for room, place in places.items() if not place.is_listed}
