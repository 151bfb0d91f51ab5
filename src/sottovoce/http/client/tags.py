"""Tags of rooms. Spec: client-server, Room Tagging."""

from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.client.own_user import own_user_id
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import RoomId, parse_room_id

TAG_BODY_LIMIT_BYTES = 4 * 1024


class TagRoutes:
    """Handlers of tags."""

    def __init__(self, accounts: Accounts) -> None:
        self._tags = accounts.tags

    async def list(self, call: Call) -> Json:
        """GET user/{user_id}/rooms/{room_id}/tags."""
        return Json({"tags": await self._tags.of(own_user_id(call), _room_id(call))})

    async def add(self, call: Call) -> Json:
        """PUT user/{user_id}/rooms/{room_id}/tags/{tag}."""
        await self._tags.add(own_user_id(call), _room_id(call), call.path["tag"], call.decode_object())
        return EMPTY

    async def remove(self, call: Call) -> Json:
        """DELETE user/{user_id}/rooms/{room_id}/tags/{tag}."""
        await self._tags.remove(own_user_id(call), _room_id(call), call.path["tag"])
        return EMPTY


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    own = TagRoutes(accounts)
    tags = "/_matrix/client/v3/user/{user_id}/rooms/{room_id}/tags"
    tag = tags + "/{tag}"
    return [
        Route(method="GET", pattern=tags, handler=own.list),
        Route(method="PUT", pattern=tag, handler=own.add, body_limit_bytes=TAG_BODY_LIMIT_BYTES),
        Route(method="DELETE", pattern=tag, handler=own.remove),
    ]


def _room_id(call: Call) -> RoomId:
    return parse_room_id(call.path["room_id"])
