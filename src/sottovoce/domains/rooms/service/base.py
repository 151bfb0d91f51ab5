"""What all verbs of rooms share: the tools, the room a request is about, and the turn to write in it."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sottovoce.infra.ids import Ids
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import EventId, RoomId, ServerName, UserId
from sottovoce.protocol.room_versions import RoomVersion
from sottovoce.protocol.tokens import TokenSealer

from ..model import InvalidParam, NotInRoom
from ..ports import Aliases, Attention, Kept, People, Publishing
from .memory import Memory, Room
from .preferences import Preferences
from .tools import Tools
from .writing import RoomWrite

MAX_REMEMBERED_TRANSACTIONS = 10_000
PAGE, SYNC = "page", "sync"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rooms are given besides the tools of writing."""

    server: ServerName
    default_version: RoomVersion
    sealer: TokenSealer
    people: People
    kept: Kept
    aliases: Aliases
    attention: Attention
    ids: Ids
    publishing: Publishing | None = None
    server_user: UserId | None = None
    """Who writes in the server's name: nobody can keep its invitations away, or decline them."""


class RoomsBase:
    """The common ground of the parts of Rooms."""

    def __init__(self, tools: Tools, around: Surroundings) -> None:
        self._tools = tools
        self._around = around
        self.preferences = Preferences(around.kept, around.server_user)
        self._transactions: OrderedDict[tuple[str, ...], Awaitable[EventId]] = OrderedDict()

    @property
    def memory(self) -> Memory:
        return self._tools.memory

    @asynccontextmanager
    async def _turn(self, room_id: RoomId, at_ms: int | None = None) -> AsyncIterator[tuple[Room, RoomWrite]]:
        """The room is ours to write in, one at a time. Raises NotInRoom if there is none.

        at_ms: when the events say they were sent; None: now.
        """
        room = await self._locked(room_id)
        try:
            yield room, RoomWrite(self._tools, room, at_ms)
        finally:
            room.lock.release()

    async def _locked(self, room_id: RoomId) -> Room:
        room = await self.memory.locked(room_id)
        if room is None:
            raise NotInRoom
        return room

    def page_token(self, user_id: UserId, position: int) -> str:
        """The place in any timeline after this position, sealed for this person."""
        return self._around.sealer.seal(PAGE, user_id, (position,))

    def _page_position(self, user_id: UserId, token: str) -> int:
        """The position in a token of a page or of a sync. Raises InvalidParam."""
        for kind in (PAGE, SYNC):
            try:
                return self._around.sealer.open(kind, user_id, token)[0]
            except Malformed:
                continue
        raise InvalidParam("this token was not given to you by this server")
