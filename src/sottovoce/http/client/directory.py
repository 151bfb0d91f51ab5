"""Names that lead to rooms, and the public list. Spec: client-server, Room aliases; Published room directory."""

import msgspec

from sottovoce.domains.directory.model import RoomsQuestion
from sottovoce.domains.directory.service import Directory
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.refused import invalid_param
from sottovoce.http.routing import Auth, Route
from sottovoce.protocol.ids import RoomId, parse_room_id

LARGEST_LIMIT_ROOMS = 1 << 53


class _Target(msgspec.Struct):
    room_id: str


class _Visibility(msgspec.Struct):
    visibility: str = "public"


class DirectoryRoutes:
    """Handlers of aliases and of the public list."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def resolve(self, call: Call) -> Json:
        """GET directory/room/{room_alias}."""
        return Json(await self._directory.resolve(call.path["room_alias"]))

    async def add_alias(self, call: Call) -> Json:
        """PUT directory/room/{room_alias}."""
        room_id = parse_room_id(call.decode(_Target).room_id)
        await self._directory.add_alias(call.path["room_alias"], room_id, call.caller.user_id, call.caller.app_service)
        return EMPTY

    async def remove_alias(self, call: Call) -> Json:
        """DELETE directory/room/{room_alias}."""
        caller = call.caller
        await self._directory.remove_alias(
            call.path["room_alias"], caller.user_id, is_admin=caller.is_admin, app_service=caller.app_service
        )
        return EMPTY

    async def aliases(self, call: Call) -> Json:
        """GET rooms/{room_id}/aliases."""
        return Json({"aliases": await self._directory.aliases_of(RoomId(call.path["room_id"]), call.caller.user_id)})

    async def visibility(self, call: Call) -> Json:
        """GET directory/list/room/{room_id}."""
        caller = call.caller_if_known
        asker = None if caller is None else caller.user_id
        is_public = await self._directory.is_public(RoomId(call.path["room_id"]), asker)
        return Json({"visibility": "public" if is_public else "private"})

    async def set_visibility(self, call: Call) -> Json:
        """PUT directory/list/room/{room_id}."""
        visibility = call.decode(_Visibility).visibility
        if visibility not in ("public", "private"):
            raise invalid_param("visibility", "must be public or private")
        caller, room_id = call.caller, RoomId(call.path["room_id"])
        is_public = visibility == "public"
        await self._directory.set_public(room_id, caller.user_id, is_public=is_public, is_admin=caller.is_admin)
        return EMPTY

    async def list(self, call: Call) -> Json:
        """GET publicRooms."""
        query = call.query
        limit = None if query.text("limit") is None else query.number("limit", 1, 1, LARGEST_LIMIT_ROOMS)
        question = RoomsQuestion(limit=limit, since=query.text("since"))
        return Json(await self._directory.page(question, query.text("server")))

    async def search(self, call: Call) -> Json:
        """POST publicRooms."""
        return Json(await self._directory.page(call.decode(RoomsQuestion), call.query.text("server")))


def routes(directory: Directory) -> list[Route]:
    """The routes of this section."""
    own = DirectoryRoutes(directory)
    client = "/_matrix/client/v3"
    alias, listed = f"{client}/directory/room/{{room_alias}}", f"{client}/directory/list/room/{{room_id}}"
    return [
        Route(method="GET", pattern=alias, handler=own.resolve, auth=Auth.NONE),
        Route(method="PUT", pattern=alias, handler=own.add_alias, limit="room"),
        Route(method="DELETE", pattern=alias, handler=own.remove_alias, limit="room"),
        Route(method="GET", pattern=f"{client}/rooms/{{room_id}}/aliases", handler=own.aliases),
        Route(method="GET", pattern=listed, handler=own.visibility, auth=Auth.OPTIONAL),
        Route(method="PUT", pattern=listed, handler=own.set_visibility, limit="room"),
        Route(method="GET", pattern=f"{client}/publicRooms", handler=own.list, auth=Auth.NONE, limit="room"),
        Route(method="POST", pattern=f"{client}/publicRooms", handler=own.search, limit="room"),
    ]
