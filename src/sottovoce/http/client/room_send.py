"""Sending events, setting state, redacting. Spec: client-server, Sending events to a room; Redactions."""

import msgspec

from sottovoce.domains.rooms.model import Txn
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.refused import invalid_param
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import EventId, RoomId

_AFTER_EVERY_TIME = 1 << 53
"""Integers in events are smaller. Spec: appendices, Canonical JSON."""


class _Redaction(msgspec.Struct):
    reason: str | None = None


class SendRoutes:
    """Handlers of everything that adds an event of the client's own making."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def send(self, call: Call) -> Json:
        """PUT rooms/{room_id}/send/{event_type}/{txn_id}."""
        path = call.path
        event_id = await self._rooms.send(
            RoomId(path["room_id"]),
            call.caller.user_id,
            path["event_type"],
            call.decode_object(),
            _txn(call),
            _sent_at_ms(call),
        )
        return _event(event_id)

    async def set_state(self, call: Call) -> Json:
        """PUT rooms/{room_id}/state/{event_type}, with or without a state key."""
        path = call.path
        event_id = await self._rooms.set_state(
            RoomId(path["room_id"]),
            call.caller.user_id,
            path["event_type"],
            path.get("state_key", ""),
            call.decode_object(),
            _sent_at_ms(call),
        )
        return _event(event_id)

    async def redact(self, call: Call) -> Json:
        """PUT rooms/{room_id}/redact/{event_id}/{txn_id}."""
        path = call.path
        reason = call.decode(_Redaction).reason
        event_id = await self._rooms.redact(
            RoomId(path["room_id"]), call.caller.user_id, EventId(path["event_id"]), reason, _txn(call)
        )
        return _event(event_id)


def _txn(call: Call) -> Txn:
    return Txn(call.caller.device_id, call.path["txn_id"])


def _sent_at_ms(call: Call) -> int | None:
    """When the event shall say it was sent, which app services may. Spec: application-service, Timestamp massaging."""
    if call.caller.app_service is None or call.query.text("ts") is None:
        return None
    sent_at_ms = call.query.number("ts", 0, 0, _AFTER_EVERY_TIME)
    if sent_at_ms == _AFTER_EVERY_TIME:
        raise invalid_param("ts", "no event can say that it was sent then")
    return sent_at_ms


def _event(event_id: EventId) -> Json:
    return Json({"event_id": event_id})


def routes(rooms: Rooms) -> list[Route]:
    """The routes of this section."""
    own = SendRoutes(rooms)
    room = "/_matrix/client/v3/rooms/{room_id}"
    handlers = {
        f"{room}/send/{{event_type}}/{{txn_id}}": own.send,
        f"{room}/redact/{{event_id}}/{{txn_id}}": own.redact,
        f"{room}/state/{{event_type}}": own.set_state,
        f"{room}/state/{{event_type}}/": own.set_state,
        f"{room}/state/{{event_type}}/{{state_key}}": own.set_state,
    }
    return [
        Route(method="PUT", pattern=pattern, handler=handler, limit="message") for pattern, handler in handlers.items()
    ]
