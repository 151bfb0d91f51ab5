"""Typing. Spec: client-server, Typing Notifications."""

import msgspec

from sottovoce.domains.presence.service import Typing
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import RoomId, UserId


class _State(msgspec.Struct):
    typing: bool
    timeout: int | None = None


class TypingRoutes:
    """The handler of typing notifications."""

    def __init__(self, typing: Typing) -> None:
        self._typing = typing

    async def set(self, call: Call) -> Json:
        """PUT rooms/{room_id}/typing/{user_id}."""
        path, state = call.path, call.decode(_State)
        await self._typing.set(
            RoomId(path["room_id"]), call.caller.user_id, UserId(path["user_id"]), state.typing, state.timeout
        )
        return EMPTY


def routes(typing: Typing) -> list[Route]:
    """The routes of this section."""
    pattern = "/_matrix/client/v3/rooms/{room_id}/typing/{user_id}"
    return [Route(method="PUT", pattern=pattern, handler=TypingRoutes(typing).set)]
