"""Pure rules of the public list: what a question finds, and in which order."""

from collections.abc import Iterable

from sottovoce.domains.rooms.model import RoomSummary

from .model import RoomsFilter


def is_found(room: RoomSummary, wanted: RoomsFilter) -> bool:
    """Whether the room is of a type asked for, and the words stand in its name, topic or alias.

    Capitals do not matter. Spec: client-server, POST /publicRooms.
    """
    if wanted.room_types is not None and room.room_type not in wanted.room_types:
        return False
    words = (wanted.generic_search_term or "").casefold()
    return any(words in (text or "").casefold() for text in (room.name, room.topic, room.canonical_alias))


def in_order(rooms: Iterable[RoomSummary]) -> list[RoomSummary]:
    """The rooms with most people first; among equals by their ids, so that pages do not overlap."""
    return sorted(rooms, key=lambda room: (-room.num_joined_members, room.room_id))
