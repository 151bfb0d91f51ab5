"""Rooms: which there are and how large they are; never what is said in them."""

from typing import Annotated

import msgspec
from msgspec import Meta

from sottovoce.domains.rooms.service import Ageing, Catalogue, Erasing
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.protocol.ids import RoomId

from .operation import FROM, LIMIT, PAGE_DEFAULT, PAGE_LIMIT, Operation, Section

_MISSING = "There is no such room."
_section = Section()


class Room(msgspec.Struct):
    """A room, from outside."""

    room_id: str
    name: str | None
    version: str
    joined_members: int
    is_encrypted: bool
    last_event_at_ms: int


class RoomPage(msgspec.Struct, omit_defaults=True):
    """A page of rooms, by id. next_from: absent on the last page."""

    rooms: list[Room]
    next_from: str | None = None


class RoomInFull(Room):
    """A room, with what it takes and who is what to it."""

    events: int
    event_bytes: int
    members: dict[str, str]


class Age(msgspec.Struct):
    """A moment, in milliseconds since 1970."""

    before_ms: Annotated[int, Meta(ge=0, le=1 << 53)]


class Forgotten(msgspec.Struct):
    """How many messages there were."""

    messages: int


class RoomHandlers:
    """Handlers of everything about rooms."""

    def __init__(self, catalogue: Catalogue, erasing: Erasing, ageing: Ageing) -> None:
        self._erasing = erasing
        self._ageing = ageing
        self._catalogue = catalogue

    @_section.operation("listRooms", "GET", "rooms", answer=RoomPage, query=(FROM, LIMIT))
    async def list(self, call: Call) -> Json:
        """The rooms of this server."""
        limit = call.query.number("limit", PAGE_DEFAULT, 1, PAGE_LIMIT)
        found = await self._catalogue.list(call.query.text("from") or "", limit)
        following = found[-1].room_id if len(found) == limit else None
        return Json(RoomPage([Room(*each) for each in found], following))

    @_section.operation("showRoom", "GET", "rooms/{room_id}", answer=RoomInFull, missing=_MISSING)
    async def one(self, call: Call) -> Json:
        """One room, and who is what to it."""
        room_id = RoomId(call.path["room_id"])
        summary, size = await self._catalogue.one(room_id), await self._catalogue.size(room_id)
        return Json(RoomInFull(*summary, *size, await self._catalogue.members(room_id)))

    @_section.operation("eraseRoom", "DELETE", "rooms/{room_id}", missing=_MISSING)
    async def erase(self, call: Call) -> Json:
        """Everybody is out of the room, and nothing of it is left."""
        await self._erasing.erase_room(RoomId(call.path["room_id"]))
        return EMPTY

    @_section.operation(
        "forgetMessages", "POST", "rooms/{room_id}/forget", answer=Forgotten, body=Age, missing=_MISSING
    )
    async def forget(self, call: Call) -> Json:
        """Messages sent before this time are gone; the room goes on."""
        before_ms = call.decode(Age).before_ms
        return Json(Forgotten(await self._ageing.forget_before(RoomId(call.path["room_id"]), before_ms)))


def operations(catalogue: Catalogue, erasing: Erasing, ageing: Ageing) -> list[Operation]:
    """The operations of this section."""
    return _section.of(RoomHandlers(catalogue, erasing, ageing))
