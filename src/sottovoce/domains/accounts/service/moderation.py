"""Locking and suspending accounts, by administrators."""

from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import UserId, parse_user_id, server_of

from ..model import Caller, MayNotModerate, NotOfThisServer, User, UserNotFound
from ..ports import UserStore
from .identity import Identity
from .sessions import Sessions


class Moderation:
    """Whether accounts may be used. Callers are administrators; that is checked before anything is looked up.

    All raise NotOfThisServer, UserNotFound, MayNotModerate, Malformed (no user id). Spec: client-server, Account
    moderation.
    """

    def __init__(self, store: UserStore, sessions: Sessions, identity: Identity, clock: Clock) -> None:
        self._store = store
        self._sessions = sessions
        self._identity = identity
        self._clock = clock

    async def is_locked(self, caller: Caller, target: str) -> bool:
        """Whether the account is locked."""
        return (await self._target(caller, target)).locked_at_ms is not None

    async def is_suspended(self, caller: Caller, target: str) -> bool:
        """Whether the account is suspended."""
        return (await self._target(caller, target)).suspended_at_ms is not None

    async def lock(self, caller: Caller, target: str, is_locked: bool) -> None:
        """The account is locked, or is not; its tokens stay valid, and requests that wait end."""
        await self.set_locked((await self._other(caller, target)).user_id, is_locked=is_locked)

    async def suspend(self, caller: Caller, target: str, is_suspended: bool) -> None:
        """The account is suspended, or is not."""
        await self.set_suspended((await self._other(caller, target)).user_id, is_suspended=is_suspended)

    async def set_locked(self, user_id: UserId, *, is_locked: bool) -> None:
        """As `lock`, asked by whoever runs the server, of any account that is there."""
        batch = Batch()
        self._store.set_locked(batch, user_id, self._clock.now_ms() if is_locked else None)
        await self._sessions.commit(batch, user_id)
        self._sessions.on_closed(user_id)

    async def set_suspended(self, user_id: UserId, *, is_suspended: bool) -> None:
        """As `suspend`, asked by whoever runs the server, of any account that is there."""
        batch = Batch()
        self._store.set_suspended(batch, user_id, self._clock.now_ms() if is_suspended else None)
        await self._sessions.commit(batch, user_id)

    async def _other(self, caller: Caller, target: str) -> User:
        if target == caller.user_id:
            raise MayNotModerate("You cannot do this to your own account")
        return await self._target(caller, target)

    async def _target(self, caller: Caller, target: str) -> User:
        user_id: UserId = parse_user_id(target)
        if server_of(user_id) != self._identity.name:
            raise NotOfThisServer("That account is another server's")
        user = await self._store.find_user(user_id)
        if user is None or user.deactivated_at_ms is not None:
            raise UserNotFound("There is no such account")
        if user.is_admin and user_id != caller.user_id:
            raise MayNotModerate("That is another administrator's account")
        return user
