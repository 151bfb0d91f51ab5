"""Creating rooms, and which ones somebody is in. Spec: client-server, Creation; Room membership."""

import msgspec

from sottovoce.domains.rooms.model import CreateRoom
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import RoomId


class _Upgrade(msgspec.Struct):
    new_version: str
    additional_creators: list[str] = []


class RoomRoutes:
    """Handlers of createRoom and joined_rooms."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def create(self, call: Call) -> Json:
        """POST createRoom."""
        room_id = await self._rooms.create(call.caller.user_id, call.decode(CreateRoom), call.caller.app_service)
        return Json({"room_id": room_id})

    async def upgrade(self, call: Call) -> Json:
        """POST rooms/{room_id}/upgrade."""
        asked, room_id = call.decode(_Upgrade), RoomId(call.path["room_id"])
        successor = await self._rooms.upgrade(
            room_id, call.caller.user_id, asked.new_version, asked.additional_creators
        )
        return Json({"replacement_room": successor})

    async def joined_rooms(self, call: Call) -> Json:
        """GET joined_rooms."""
        return Json({"joined_rooms": await self._rooms.joined_rooms(call.caller.user_id)})


def routes(rooms: Rooms) -> list[Route]:
    """The routes of this section."""
    own = RoomRoutes(rooms)
    return [
        Route(method="POST", pattern="/_matrix/client/v3/createRoom", handler=own.create, limit="room"),
        Route(
            method="POST",
            pattern="/_matrix/client/v3/rooms/{room_id}/upgrade",
            handler=own.upgrade,
            limit="room",
        ),
        Route(method="GET", pattern="/_matrix/client/v3/joined_rooms", handler=own.joined_rooms),
    ]
