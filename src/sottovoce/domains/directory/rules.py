"""Pure rules of searching: what a question finds, and in which order."""

import unicodedata
from collections.abc import Iterable, Sequence

from sottovoce.domains.rooms.model import RoomSummary
from sottovoce.protocol.ids import UserId

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


def words_of(text: str) -> list[str]:
    """The words of a text, without capitals and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold().split()


def rank(wanted: Sequence[str], user_id: UserId, displayname: str | None) -> int | None:
    """How well somebody fits the words wanted: the smaller, the better; None if not all of them are found.

    1: each begins a word of the name, or the address. 2: each stands somewhere in them.
    """
    address = user_id.casefold()
    begins = (address, address.removeprefix("@"))
    names = words_of(displayname or "")
    whole = " ".join(names)
    if all(any(part.startswith(word) for part in (*begins, *names)) for word in wanted):
        return 1
    if all(word in address or word in whole for word in wanted):
        return 2
    return None
