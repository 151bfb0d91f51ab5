"""How far somebody has read. Spec: client-server, Receipts; Read and unread markers."""

import msgspec

from sottovoce.domains.receipts.model import FULLY_READ, PRIVATE, PUBLIC
from sottovoce.domains.receipts.service import Receipts
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import EventId, RoomId


class _Receipt(msgspec.Struct):
    # Any JSON: that it is no text has an error of its own.
    thread_id: object = msgspec.UNSET


class _Markers(msgspec.Struct):
    fully_read: str | None = msgspec.field(default=None, name=FULLY_READ)
    read: str | None = msgspec.field(default=None, name=PUBLIC)
    read_private: str | None = msgspec.field(default=None, name=PRIVATE)


class ReceiptRoutes:
    """Handlers of receipts and markers."""

    def __init__(self, receipts: Receipts) -> None:
        self._receipts = receipts

    async def send(self, call: Call) -> Json:
        """POST rooms/{room_id}/receipt/{receipt_type}/{event_id}."""
        path = call.path
        thread_id = call.decode(_Receipt).thread_id
        await self._receipts.mark(
            RoomId(path["room_id"]), call.caller.user_id, path["receipt_type"], EventId(path["event_id"]), thread_id
        )
        return EMPTY

    async def mark(self, call: Call) -> Json:
        """POST rooms/{room_id}/read_markers."""
        markers = call.decode(_Markers)
        room_id, user_id = RoomId(call.path["room_id"]), call.caller.user_id
        marks = ((FULLY_READ, markers.fully_read), (PUBLIC, markers.read), (PRIVATE, markers.read_private))
        for receipt_type, event_id in marks:
            if event_id is not None:
                await self._receipts.mark(room_id, user_id, receipt_type, EventId(event_id))
        return EMPTY


def routes(receipts: Receipts) -> list[Route]:
    """The routes of this section."""
    own = ReceiptRoutes(receipts)
    room = "/_matrix/client/v3/rooms/{room_id}"
    return [
        Route(method="POST", pattern=f"{room}/receipt/{{receipt_type}}/{{event_id}}", handler=own.send),
        Route(method="POST", pattern=f"{room}/read_markers", handler=own.mark),
    ]
