"""What clients keep for their owner. Spec: client-server, Client Config."""

from sottovoce.domains.accounts.service import Accounts
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.client.own_user import own_user_id
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import RoomId, parse_room_id


class AccountDataRoutes:
    """Handlers of account data."""

    def __init__(self, accounts: Accounts) -> None:
        self._account_data = accounts.account_data

    async def get(self, call: Call) -> Json:
        """GET user/{user_id}/account_data/{type} and the same of a room."""
        user_id, room_id, kind = own_user_id(call), _room_id(call), call.path["type"]
        return Json(await self._account_data.find(user_id, room_id, kind))

    async def put(self, call: Call) -> Json:
        """PUT user/{user_id}/account_data/{type} and the same of a room."""
        user_id, room_id = own_user_id(call), _room_id(call)
        await self._account_data.set_by_client(user_id, room_id, call.path["type"], call.decode_object())
        return EMPTY

    async def delete(self, call: Call) -> Json:
        """DELETE user/{user_id}/account_data/{type} and the same of a room, as MSC3391 proposes."""
        await self._account_data.remove_by_client(own_user_id(call), _room_id(call), call.path["type"])
        return EMPTY


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    handlers = AccountDataRoutes(accounts)
    user = "/_matrix/client/v3/user/{user_id}"
    paths = ("account_data/{type}", "rooms/{room_id}/account_data/{type}")
    patterns = [f"{user}/{path}" for path in paths]
    gets = [Route(method="GET", pattern=pattern, handler=handlers.get) for pattern in patterns]
    puts = [Route(method="PUT", pattern=pattern, handler=handlers.put) for pattern in patterns]
    unstable = "/_matrix/client/unstable/org.matrix.msc3391/user/{user_id}"
    deletes = [Route(method="DELETE", pattern=f"{unstable}/{path}", handler=handlers.delete) for path in paths]
    return gets + puts + deletes


def _room_id(call: Call) -> RoomId | None:
    room_id = call.path.get("room_id")
    return None if room_id is None else parse_room_id(room_id)
