"""Sending events, setting state, redacting. Spec: client-server, Sending events to a room; Redactions."""

import msgspec

from sottovoce.domains.delayed.model import DelayTooLong, Order
from sottovoce.domains.delayed.service import Delayed
from sottovoce.domains.rooms.model import Txn
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.refused import Refused, invalid_param
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import EventId, RoomId

_AFTER_EVERY_TIME = 1 << 53
"""Integers in events are smaller. Spec: appendices, Canonical JSON."""


_DELAY, _ERRCODE, _MAX_DELAY = (f"org.matrix.msc4140.{name}" for name in ("delay", "errcode", "max_delay"))
_LONGEST_DELAY_MS = 1 << 53


class _Redaction(msgspec.Struct):
    reason: str | None = None


class SendRoutes:
    """Handlers of everything that adds an event of the client's own making."""

    def __init__(self, rooms: Rooms, delayed: Delayed) -> None:
        self._rooms = rooms
        self._delayed = delayed

    async def send(self, call: Call) -> Json:
        """PUT rooms/{room_id}/send/{event_type}/{txn_id}."""
        path = call.path
        if call.query.text(_DELAY) is not None:
            return await self._schedule(call, None, path["txn_id"])
        event_id = await self._rooms.send(
            RoomId(path["room_id"]),
            call.caller.user_id,
            path["event_type"],
            call.decode_object(),
            _txn(call),
            sent_at_ms(call),
        )
        return _event(event_id)

    async def set_state(self, call: Call) -> Json:
        """PUT rooms/{room_id}/state/{event_type}, with or without a state key."""
        path = call.path
        if call.query.text(_DELAY) is not None:
            return await self._schedule(call, path.get("state_key", ""), None)
        event_id = await self._rooms.set_state(
            RoomId(path["room_id"]),
            call.caller.user_id,
            path["event_type"],
            path.get("state_key", ""),
            call.decode_object(),
            sent_at_ms(call),
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

    async def _schedule(self, call: Call, state_key: str | None, txn_id: str | None) -> Json:
        """The event is to be sent later: the older form of proposal 4140, which apps of today use."""
        path, caller = call.path, call.caller
        delay_ms = call.query.number(_DELAY, 0, 1, _LONGEST_DELAY_MS)
        content = call.decode_object()
        room_id, at_ms = RoomId(path["room_id"]), sent_at_ms(call)
        order = Order(caller.user_id, caller.device_id, txn_id, room_id, path["event_type"], state_key, content, at_ms)
        try:
            return Json({"delay_id": await self._delayed.schedule(order, delay_ms)})
        except DelayTooLong as error:
            fields = {_ERRCODE: "M_MAX_DELAY_EXCEEDED", _MAX_DELAY: error.max_delay_ms}
            raise Refused(400, "M_UNKNOWN", str(error), **fields) from error


def _txn(call: Call) -> Txn:
    return Txn(call.caller.device_id, call.path["txn_id"])


def sent_at_ms(call: Call) -> int | None:
    """When the event shall say it was sent, which app services may. Spec: application-service, Timestamp massaging."""
    if call.caller.app_service is None or call.query.text("ts") is None:
        return None
    at_ms = call.query.number("ts", 0, 0, _AFTER_EVERY_TIME)
    if at_ms == _AFTER_EVERY_TIME:
        raise invalid_param("ts", "no event can say that it was sent then")
    return at_ms


def _event(event_id: EventId) -> Json:
    return Json({"event_id": event_id})


def routes(rooms: Rooms, delayed: Delayed) -> list[Route]:
    """The routes of this section."""
    own = SendRoutes(rooms, delayed)
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
