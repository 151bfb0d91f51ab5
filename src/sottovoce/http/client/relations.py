"""What relates to an event, and the threads of a room. Spec: client-server, Relationships API; Threading."""

import msgspec

from sottovoce.domains.rooms.model import Reader
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.refused import invalid_param
from sottovoce.http.routing import Route
from sottovoce.http.splicing import json_array
from sottovoce.protocol.ids import EventId, RoomId

PAGE_DEFAULT = 20
PAGE_LIMIT = 1000


class _Children(msgspec.Struct, omit_defaults=True):
    chunk: msgspec.Raw
    next_batch: str | None = None
    prev_batch: str | None = None
    recursion_depth: int | None = None


class _Threads(msgspec.Struct, omit_defaults=True):
    chunk: msgspec.Raw
    next_batch: str | None = None


class RelationRoutes:
    """Handlers of relations and threads."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def relations(self, call: Call) -> Json:
        """GET rooms/{room_id}/relations/{event_id}, with or without the kind of relation and the type of event."""
        query, path = call.query, call.path
        start = query.text("from")
        page = await self._rooms.relations(
            _reader(call),
            RoomId(path["room_id"]),
            EventId(path["event_id"]),
            path.get("rel_type"),
            path.get("event_type"),
            start,
            query.text("to"),
            call.query.is_backwards("b"),
            query.number("limit", PAGE_DEFAULT, 1, PAGE_LIMIT),
            query.flag("recurse"),
        )
        depth = None if query.text("recurse") is None else page.depth
        return Json(_Children(json_array(page.chunk), page.next_batch, start, depth))

    async def threads(self, call: Call) -> Json:
        """GET rooms/{room_id}/threads."""
        query = call.query
        include = query.text("include") or "all"
        if include not in ("all", "participated"):
            raise invalid_param("include", "must be all or participated")
        page = await self._rooms.threads(
            _reader(call),
            RoomId(call.path["room_id"]),
            query.text("from"),
            query.number("limit", PAGE_DEFAULT, 1, PAGE_LIMIT),
            include == "participated",
        )
        return Json(_Threads(json_array(page.chunk), page.next_batch))


def _reader(call: Call) -> Reader:
    return Reader(call.caller.user_id, call.caller.device_id)


def routes(rooms: Rooms) -> list[Route]:
    """The routes of this section."""
    own = RelationRoutes(rooms)
    room = "/_matrix/client/v1/rooms/{room_id}"
    handlers = {
        f"{room}/relations/{{event_id}}": own.relations,
        f"{room}/relations/{{event_id}}/{{rel_type}}": own.relations,
        f"{room}/relations/{{event_id}}/{{rel_type}}/{{event_type}}": own.relations,
        f"{room}/threads": own.threads,
    }
    return [Route(method="GET", pattern=pattern, handler=handler) for pattern, handler in handlers.items()]
