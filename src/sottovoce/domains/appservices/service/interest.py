"""What concerns an app service. Spec: application-service, Registration."""

from collections import OrderedDict

from sottovoce.domains.rooms.model import MEMBER, TimelineEvent
from sottovoce.protocol.ids import RoomId, ServerName, UserId, is_user_id, server_of

from ..model import AppService
from ..ports import EventLog, RoomNames

USERS_KEPT_MAX = 100_000
ROOMS_KEPT_MAX = 20_000


class Interest:
    """Tells what one app service wants to hear of. Remembers, within bounds, what it said of people and rooms."""

    def __init__(
        self, service: AppService, server: ServerName, sender: UserId, log: EventLog, names: RoomNames
    ) -> None:
        self._service = service
        self._server = server
        self._sender = sender
        self._log = log
        self._names = names
        self._users: OrderedDict[str, bool] = OrderedDict()
        self._rooms: OrderedDict[RoomId, tuple[int, bool]] = OrderedDict()

    def is_mine(self, user_id: str) -> bool:
        """Whether this is the sender, or somebody of this server in the namespace of users."""
        known = self._users.get(user_id)
        if known is None:
            known = self._users[user_id] = self._has(user_id)
            if len(self._users) > USERS_KEPT_MAX:
                self._users.popitem(last=False)
        return known

    async def concerns(self, placed: TimelineEvent) -> bool:
        """Whether the event is to be told: by who sent it, whom it is about, or the room it is in."""
        event = placed.event
        if self.is_mine(event.sender):
            return True
        if event.type == MEMBER and event.state_key is not None and self.is_mine(event.state_key):
            return True
        return await self.is_in(event.room_id, placed.position)

    async def is_in(self, room_id: RoomId, position: int) -> bool:
        """Whether the room concerned it right after this position: in itself, by a user of its own, by an alias."""
        if self._service.has_room(room_id):
            return True
        joined, moment = await self._log.joined_at(room_id, position)
        known = self._rooms.get(room_id)
        if known is None or known[0] != moment:
            known = self._rooms[room_id] = (moment, any(map(self.is_mine, joined)))
            if len(self._rooms) > ROOMS_KEPT_MAX:
                self._rooms.popitem(last=False)
        return known[1] or await self._has_alias(room_id)

    async def _has_alias(self, room_id: RoomId) -> bool:
        if not self._service.aliases:
            return False
        return any(self._service.has_alias(alias) for alias in await self._names.list_of_room(room_id))

    def _has(self, user_id: str) -> bool:
        if user_id == self._sender:
            return True
        return (
            is_user_id(user_id)
            and server_of(UserId(user_id)) == self._server
            and self._service.has_user(UserId(user_id))
        )
