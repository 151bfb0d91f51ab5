"""Trees of rooms. Spec: client-server, Spaces."""

import msgspec

from sottovoce.domains.rooms.model import SpaceRoom
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import RoomId

PAGE_DEFAULT_ROOMS = 50
LARGEST_NUMBER = 1 << 31


class SpaceRoutes:
    """The handler of hierarchies."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def hierarchy(self, call: Call) -> Json:
        """GET rooms/{room_id}/hierarchy."""
        query = call.query
        has_depth = query.text("max_depth") is not None
        max_depth = query.number("max_depth", 0, 0, LARGEST_NUMBER) if has_depth else None
        limit = query.number("limit", PAGE_DEFAULT_ROOMS, 1, LARGEST_NUMBER)
        walk = (max_depth, query.flag("suggested_only"))
        room_id = RoomId(call.path["room_id"])
        page = await self._rooms.hierarchy(call.caller.user_id, room_id, walk, limit, query.text("from"))
        body: dict[str, object] = {"rooms": [_room(room) for room in page.rooms]}
        return Json(body if page.next_batch is None else body | {"next_batch": page.next_batch})


def _room(room: SpaceRoom) -> dict[str, object]:
    summary: dict[str, object] = msgspec.to_builtins(room.summary)
    return summary | {"children_state": [_child(event) for event in room.children]}


def _child(event: Event) -> dict[str, object]:
    return {
        "type": event.type,
        "state_key": event.state_key,
        "content": event.content,
        "sender": event.sender,
        "origin_server_ts": event.origin_server_ts,
    }


def routes(rooms: Rooms) -> list[Route]:
    """The routes of this section."""
    own = SpaceRoutes(rooms)
    return [
        Route(method="GET", pattern="/_matrix/client/v1/rooms/{room_id}/hierarchy", handler=own.hierarchy, limit="room")
    ]
