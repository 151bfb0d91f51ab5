"""Which rooms the lists and subscriptions of a sliding sync are about. Spec: MSC4186, Lists and subscriptions."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from sottovoce.domains.changes.model import RoomPlace
from sottovoce.protocol.ids import RoomId
from sottovoce.protocol.required_state import RequiredState, required_state

from ..model import ListAsk, RoomConfig, RoomFilters, Scope

EVERYTHING = RoomFilters()


@dataclass(slots=True)
class Facts:
    """What rooms are filtered by; only what a filter asks for has to be filled in."""

    direct: AbstractSet[RoomId] = frozenset()
    encrypted: AbstractSet[RoomId] = frozenset()
    types: Mapping[RoomId, str | None] = field(default_factory=dict)
    tags: Mapping[RoomId, AbstractSet[str]] = field(default_factory=dict)
    children: AbstractSet[RoomId] = frozenset()


def holds(filters: RoomFilters, room_id: RoomId, place: RoomPlace, facts: Facts) -> bool:
    """Whether a list with these filters holds the room. Spec: MSC4186, SlidingRoomFilter."""
    if filters.is_invited is not None and filters.is_invited is not (place.membership == "invite"):
        return False
    if filters.is_dm is not None and filters.is_dm is not (room_id in facts.direct):
        return False
    if filters.is_encrypted is not None and filters.is_encrypted is not (room_id in facts.encrypted):
        return False
    if filters.spaces is not None and room_id not in facts.children:
        return False
    return _has_type(filters, room_id, facts) and _has_tag(filters, room_id, facts)


def _has_type(filters: RoomFilters, room_id: RoomId, facts: Facts) -> bool:
    if filters.room_types is None and filters.not_room_types is None:
        return True
    kind = facts.types.get(room_id)
    if filters.not_room_types is not None and kind in filters.not_room_types:
        return False
    return filters.room_types is None or kind in filters.room_types


def _has_tag(filters: RoomFilters, room_id: RoomId, facts: Facts) -> bool:
    if filters.tags is None and filters.not_tags is None:
        return True
    tags = facts.tags.get(room_id, frozenset())
    if filters.not_tags is not None and not filters.not_tags.isdisjoint(tags):
        return False
    return filters.tags is None or not filters.tags.isdisjoint(tags)


def windows(ranges: Sequence[tuple[int, int]] | None, rooms: Sequence[RoomId]) -> Iterable[RoomId]:
    """The rooms at these places, both ends included; all of them without ranges."""
    if ranges is None:
        return rooms
    return dict.fromkeys(room for first, last in ranges for room in rooms[first : last + 1])


def chosen(asks: Iterable[ListAsk], config: RoomConfig | None) -> tuple[int, RequiredState]:
    """How much of a room's timeline and which state all that match it ask for together.

    config: of a subscription to it. Spec: MSC4186, Combining room configs.
    """
    configs = [ask.config for ask in asks] + ([] if config is None else [config])
    limit = max(each.timeline_limit for each in configs)
    return limit, required_state(each.required_state for each in configs)


def in_scope(scope: Scope, room_lists: Mapping[RoomId, Iterable[str]], subscriptions: Iterable[RoomId]) -> set[RoomId]:
    """The rooms an extension is about. Spec: MSC4508, Common per-room extension semantics."""
    lists, rooms = scope
    if lists is None:
        found = set(room_lists)
    else:
        found = {room_id for room_id, names in room_lists.items() if not lists.isdisjoint(names)} if lists else set()
    return found | {room_id for room_id in subscriptions if rooms is None or room_id in rooms}
