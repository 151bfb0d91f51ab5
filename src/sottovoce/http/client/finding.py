"""Events by their time, rooms by the people in them. Spec: client-server, Room events; Mutual rooms."""

from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route
from sottovoce.protocol.canonical_json import MAX_INTEGER
from sottovoce.protocol.ids import RoomId


class FindingRoutes:
    """Handlers of searches that need no index."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def timestamp_to_event(self, call: Call) -> Json:
        """GET rooms/{room_id}/timestamp_to_event."""
        call.query.required("ts")
        is_backwards = call.query.is_backwards()
        at_ms = call.query.number("ts", 0, -MAX_INTEGER, MAX_INTEGER)
        room_id = RoomId(call.path["room_id"])
        event_id, sent_at_ms = await self._rooms.event_at(call.caller.user_id, room_id, at_ms, is_backwards)
        return Json({"event_id": event_id, "origin_server_ts": sent_at_ms})

    async def mutual_rooms(self, call: Call) -> Json:
        """GET mutual_rooms."""
        other = call.query.required("user_id")
        start = call.query.text("from") or call.query.text("batch_token")
        joined, count, next_batch = await self._rooms.mutual_rooms(call.caller.user_id, other, start)
        body: dict[str, object] = {"joined": joined, "count": count}
        if next_batch is not None:
            body["next_batch"] = next_batch
        return Json(body)


def routes(rooms: Rooms) -> list[Route]:
    """The routes of this section."""
    own = FindingRoutes(rooms)
    handlers = {
        "/_matrix/client/v1/rooms/{room_id}/timestamp_to_event": own.timestamp_to_event,
        "/_matrix/client/v1/mutual_rooms": own.mutual_rooms,
        "/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms": own.mutual_rooms,
    }
    return [Route(method="GET", pattern=pattern, handler=handler) for pattern, handler in handlers.items()]
