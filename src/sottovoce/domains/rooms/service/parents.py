"""What a new event relates to, and whether its sender may relate it so. Spec: client-server, Relationship types."""

from sottovoce.protocol.events import Event
from sottovoce.protocol.relations import (
    ANNOTATION,
    THREAD,
    Relation,
    annotation_key,
    is_valid_relation,
    may_start_thread,
    relation_of,
)

from ..model import CannotStartThread, DuplicateAnnotation, Parent, TimelineEvent
from .memory import Room
from .tools import Tools

MAX_COMPARED_ANNOTATIONS = 100
"""How many of somebody's earlier annotations of an event, the newest, are compared with another one."""


async def parent_of_new(tools: Tools, room: Room, event: Event) -> Parent | None:
    """What the event, which is not written yet, relates to; None if to nothing, or in a way that does not count.

    Raises CannotStartThread, DuplicateAnnotation.
    """
    parent = await parent_of_kept(tools, room, event)
    if parent is None:
        return None
    if parent.rel_type == THREAD and not may_start_thread(parent.placed.event):
        raise CannotStartThread
    if not is_valid_relation(event, parent.rel_type, parent.placed.event):
        return None
    if parent.rel_type == ANNOTATION and await _is_repeated(tools, room, event, parent):
        raise DuplicateAnnotation
    return parent


async def parent_of_kept(tools: Tools, room: Room, event: Event) -> Parent | None:
    """The event of this room that this one names as the one it relates to."""
    relation = relation_of(event.content)
    place = None if relation is None else await tools.store.find_position(relation.event_id)
    if relation is None or place is None or place[0] != room.room_key:
        return None
    return Parent(await tools.memory.event(place[1]), relation.rel_type)


async def _is_repeated(tools: Tools, room: Room, event: Event, parent: Parent) -> bool:
    """Whether the sender has annotated the parent so before, what is on its way to the store included."""
    position, kinds = parent.placed.position, (parent.rel_type, event.type)
    places = await tools.relations.list_own(room.room_key, position, *kinds, event.sender, MAX_COMPARED_ANNOTATIONS)
    earlier = [*await tools.memory.events(places), *_under_way(tools, room)]
    key, target = annotation_key(event.content), Relation(ANNOTATION, parent.placed.event.event_id)
    return any(
        placed.event.sender == event.sender
        and placed.event.type == event.type
        and relation_of(placed.event.content) == target
        and annotation_key(placed.event.content) == key
        for placed in earlier
    )


def _under_way(tools: Tools, room: Room) -> list[TimelineEvent]:
    found = []
    for position in reversed(room.tail):
        if position <= tools.changes.now.log:
            break
        placed = tools.memory.known_event(position)
        if placed is not None:
            found.append(placed)
    return found
