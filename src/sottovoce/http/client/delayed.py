"""Sending events later. Spec: proposal 4140, in its stable and unstable forms."""

import msgspec

from sottovoce.domains.delayed.model import Action, DelayedEvent, Order
from sottovoce.domains.delayed.service import Delayed
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.client.room_send import sent_at_ms
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import RoomId

UNSTABLE = "/_matrix/client/unstable/org.matrix.msc4140"


class _Order(msgspec.Struct):
    delay_ms: int
    content: dict[str, object]
    state_key: str | None = None


class _Finalised(msgspec.Struct, omit_defaults=True):
    finalised_ts: int
    event_id: str | None = None
    error: msgspec.Raw | None = None


class _Delayed(msgspec.Struct, omit_defaults=True):
    delay_id: str
    room_id: str
    type: str
    delay_ms: int
    delayed_since_ts: int
    content: dict[str, object]
    state_key: str | None = None
    finalised: _Finalised | None = None


class DelayedRoutes:
    """Handlers of delayed events."""

    def __init__(self, delayed: Delayed) -> None:
        self._delayed = delayed

    async def schedule(self, call: Call) -> Json:
        """PUT rooms/{room_id}/delayed_event/{event_type}/{txn_id}."""
        asked, path, caller = call.decode(_Order), call.path, call.caller
        order = Order(
            caller.user_id,
            caller.device_id,
            path["txn_id"],
            RoomId(path["room_id"]),
            path["event_type"],
            asked.state_key,
            asked.content,
            sent_at_ms(call),
        )
        return Json({"delay_id": await self._delayed.schedule(order, asked.delay_ms)})

    async def list(self, call: Call) -> Json:
        """GET delayed_events."""
        scheduled = await self._delayed.list(call.caller.user_id)
        return Json({"delayed_events": [_told(delayed) for delayed in scheduled]})

    async def find(self, call: Call) -> Json:
        """GET delayed_events/{delay_id}."""
        return Json(_told(await self._delayed.find(call.caller.user_id, call.path["delay_id"])))

    async def send(self, call: Call) -> Json:
        """POST delayed_events/{delay_id}/send."""
        return await self._act(call, Action.SEND)

    async def cancel(self, call: Call) -> Json:
        """POST delayed_events/{delay_id}/cancel."""
        return await self._act(call, Action.CANCEL)

    async def restart(self, call: Call) -> Json:
        """POST delayed_events/{delay_id}/restart."""
        return await self._act(call, Action.RESTART)

    async def _act(self, call: Call, action: Action) -> Json:
        await self._delayed.act(call.caller.user_id, call.path["delay_id"], action)
        return EMPTY


def _told(delayed: DelayedEvent) -> _Delayed:
    """The delayed event as its owner is told of it."""
    order, finalised = delayed.order, None
    if delayed.finalised_at_ms is not None:
        finalised = _Finalised(delayed.finalised_at_ms, delayed.event_id, delayed.error)
    return _Delayed(
        delayed.delay_id,
        order.room_id,
        order.type,
        delayed.delay_ms,
        delayed.delayed_since_ms,
        order.content,
        order.state_key,
        finalised,
    )


def routes(delayed: Delayed) -> list[Route]:
    """The routes of this section."""
    own = DelayedRoutes(delayed)
    found = [Route(method="GET", pattern=f"{UNSTABLE}/delayed_events", handler=own.list)]
    for rooms, events in (("/_matrix/client/v3", "/_matrix/client/v1"), (UNSTABLE, UNSTABLE)):
        schedule = f"{rooms}/rooms/{{room_id}}/delayed_event/{{event_type}}/{{txn_id}}"
        one = f"{events}/delayed_events/{{delay_id}}"
        found += [
            Route(method="PUT", pattern=schedule, handler=own.schedule, limit="message"),
            Route(method="GET", pattern=one, handler=own.find),
            Route(method="POST", pattern=f"{one}/send", handler=own.send, limit="message"),
            Route(method="POST", pattern=f"{one}/cancel", handler=own.cancel),
            Route(method="POST", pattern=f"{one}/restart", handler=own.restart),
        ]
    return found
