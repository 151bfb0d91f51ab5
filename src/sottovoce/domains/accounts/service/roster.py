"""The people of this server, as whoever runs it sees them."""

from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import UserId, user_id

from ..model import AccountSummary, ProfileNotFound
from ..ports import RosterStore
from .identity import Identity
from .sessions import Sessions
from .users import Users

MAX_PAGE_ACCOUNTS = 1000


class Roster:
    """Lists accounts, and says who administers."""

    def __init__(self, store: RosterStore, users: Users, identity: Identity, sessions: Sessions) -> None:
        self._store = store
        self._users = users
        self._identity = identity
        self._sessions = sessions

    def named(self, name: str) -> UserId:
        """The person meant by an address, or by the part of it before the colon. Raises Malformed."""
        return UserId(name) if name.startswith("@") else user_id(name, self._identity.name)

    async def list(self, after: str, limit: int, search: str) -> list[AccountSummary]:
        """The accounts whose address comes after `after`, and whose address or name has `search` in it, by address."""
        return await self._store.list_accounts(after, min(limit, MAX_PAGE_ACCOUNTS), search.lower())

    async def one(self, person: UserId) -> AccountSummary:
        """What there is to know of an account. Raises ProfileNotFound."""
        found = await self._store.find_account(person)
        if found is None:
            raise ProfileNotFound("Nobody here is called so")
        return found

    async def count(self) -> int:
        """How many accounts are in use."""
        return await self._store.count_accounts()

    async def set_admin(self, person: UserId, *, is_admin: bool) -> None:
        """The account may administer the server, or no longer may. Raises ProfileNotFound."""
        await self.one(person)
        batch = Batch()
        self._store.set_admin(batch, person, is_admin)
        await self._sessions.commit(batch, person)
