"""Coming, going, inviting and sending away. Spec: client-server, Room membership."""

from collections.abc import Awaitable, Callable

import msgspec

from sottovoce.domains.rooms.model import ThirdPartyRefused
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import RoomId, UserId


class _Reason(msgspec.Struct):
    reason: str | None = None


class _Medium(msgspec.Struct):
    medium: str | None = None


class _Target(msgspec.Struct):
    user_id: UserId
    reason: str | None = None


_ToTarget = Callable[[RoomId, UserId, UserId, str | None], Awaitable[object]]


class MembershipRoutes:
    """Handlers of everything that changes who is in a room."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def join(self, call: Call) -> Json:
        """POST rooms/{room_id}/join."""
        return await self._join(call, RoomId(call.path["room_id"]))

    async def join_by_name(self, call: Call) -> Json:
        """POST join/{room_id_or_alias}."""
        return await self._join(call, await self._rooms.resolve(call.path["room_id_or_alias"]))

    async def _join(self, call: Call, room_id: RoomId) -> Json:
        await self._rooms.join(room_id, call.caller.user_id, call.decode(_Reason).reason)
        return Json({"room_id": room_id})

    async def knock(self, call: Call) -> Json:
        """POST knock/{room_id_or_alias}."""
        room_id = await self._rooms.resolve(call.path["room_id_or_alias"])
        await self._rooms.knock(room_id, call.caller.user_id, call.decode(_Reason).reason)
        return Json({"room_id": room_id})

    async def leave(self, call: Call) -> Json:
        """POST rooms/{room_id}/leave."""
        await self._rooms.leave(RoomId(call.path["room_id"]), call.caller.user_id, call.decode(_Reason).reason)
        return EMPTY

    async def forget(self, call: Call) -> Json:
        """POST rooms/{room_id}/forget."""
        await self._rooms.forget(RoomId(call.path["room_id"]), call.caller.user_id)
        return EMPTY

    async def invite(self, call: Call) -> Json:
        """POST rooms/{room_id}/invite."""
        if call.decode(_Medium).medium is not None:
            raise ThirdPartyRefused
        return await _to_target(call, self._rooms.invite)

    async def kick(self, call: Call) -> Json:
        """POST rooms/{room_id}/kick."""
        return await _to_target(call, self._rooms.kick)

    async def ban(self, call: Call) -> Json:
        """POST rooms/{room_id}/ban."""
        return await _to_target(call, self._rooms.ban)

    async def unban(self, call: Call) -> Json:
        """POST rooms/{room_id}/unban."""
        return await _to_target(call, self._rooms.unban)


async def _to_target(call: Call, verb: _ToTarget) -> Json:
    target = call.decode(_Target)
    await verb(RoomId(call.path["room_id"]), call.caller.user_id, target.user_id, target.reason)
    return EMPTY


def routes(rooms: Rooms) -> list[Route]:
    """The routes of this section."""
    own = MembershipRoutes(rooms)
    client, room = "/_matrix/client/v3", "/_matrix/client/v3/rooms/{room_id}"
    handlers = {
        f"{room}/join": own.join,
        f"{client}/join/{{room_id_or_alias}}": own.join_by_name,
        f"{client}/knock/{{room_id_or_alias}}": own.knock,
        f"{room}/leave": own.leave,
        f"{room}/forget": own.forget,
        f"{room}/invite": own.invite,
        f"{room}/kick": own.kick,
        f"{room}/ban": own.ban,
        f"{room}/unban": own.unban,
    }
    return [
        Route(method="POST", pattern=pattern, handler=handler, limit="membership")
        for pattern, handler in handlers.items()
    ]
