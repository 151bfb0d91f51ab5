"""Asking app services whether they know somebody or a room that nobody here has heard of yet.

Spec: application-service, Querying.
"""

from collections.abc import Sequence

from sottovoce.protocol.ids import RoomAlias, UserId

from ..model import AppService, CallFailed, CallTimedOut, HasNoUrl, NoAnswer
from ..ports import Gateway
from .registry import Registry

TRIES = 3
ASKING_MAX = 50
"""How many names are asked about at once; of more, nobody is asked."""
ANSWER_WITHIN_S = 10.0
"""For each try: meanwhile the app service makes what it is asked for."""


class Queries(Registry):
    """Implements accounts.ports.AppServices: the app services there are, who can be asked."""

    def __init__(self, services: Sequence[AppService], gateway: Gateway) -> None:
        super().__init__(services)
        self._gateway = gateway
        self._asking: set[str] = set()

    async def bring_user(self, user_id: UserId) -> bool:
        """Whether an app service knows the user, and has made the account. Raises NoAnswer."""
        return await self._ask("users", user_id, [service for service in self.all() if service.has_user(user_id)])

    async def bring_alias(self, alias: RoomAlias) -> bool:
        """Whether an app service knows the room of this alias, and has made both. Raises NoAnswer."""
        return await self._ask("rooms", alias, [service for service in self.all() if service.has_alias(alias)])

    async def _ask(self, kind: str, name: str, services: Sequence[AppService]) -> bool:
        # Asked already: by the app service itself, while it makes it.
        if not services or name in self._asking or len(self._asking) >= ASKING_MAX:
            return False
        self._asking.add(name)
        try:
            for service in services:
                if await self._knows(service, kind, name):
                    return True
        finally:
            self._asking.discard(name)
        return False

    async def _knows(self, service: AppService, kind: str, name: str) -> bool:
        for _ in range(TRIES):
            try:
                reply = await self._gateway.call(service, "GET", (kind, name), {}, None, within_s=ANSWER_WITHIN_S)
            except CallTimedOut:
                continue
            except (CallFailed, HasNoUrl):
                return False
            return reply.is_success
        raise NoAnswer("The app service gave no answer in time")
