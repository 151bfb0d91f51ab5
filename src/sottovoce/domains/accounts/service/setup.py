"""The first start: a code that, once, names the server and creates its administrator."""

import asyncio
import hmac

from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.ids import Ids

from ..model import NewAccount, SetupRefused, SignedIn, SignIn
from ..ports import AccountStore
from ..rules import check_server_name, hash_of
from .identity import Identity
from .users import Users

CODE_BYTES = 15


class Setup:
    """Open until the first account exists."""

    def __init__(self, database: Database, store: AccountStore, identity: Identity, users: Users, ids: Ids) -> None:
        self._database = database
        self._store = store
        self._identity = identity
        self._users = users
        self._ids = ids
        self._one_at_a_time = asyncio.Lock()

    async def is_needed(self) -> bool:
        """Whether nobody has an account yet."""
        return not await self._store.has_users()

    async def begin(self) -> str | None:
        """A new code, the only valid one from now on; None if there is nothing to set up."""
        if not await self.is_needed():
            return None
        code = self._ids.url_safe(CODE_BYTES)
        batch = Batch()
        self._store.set_setup_code(batch, hash_of(code))
        await self._database.commit(batch)
        return code

    async def complete(self, code: str, server_name: str, account: NewAccount, sign_in: SignIn) -> SignedIn:
        """The server has its name, its administrator and no setup code; the administrator is signed in.

        A name given to the server before, as it was started, must be the same.
        Raises SetupRefused, BadServerName, ServerNameFixed and what Users.create raises.
        """
        async with self._one_at_a_time:
            await self._check_code(code)
            # Nothing may be wrong with the account any more once the name is fixed.
            self._users.check_account(account, check_server_name(server_name))
            await self._identity.establish(server_name)
            _, signed_in = await self._users.create(
                account, sign_in, lambda batch, _: self._store.remove_setup_code(batch)
            )
            assert signed_in is not None
            return signed_in

    async def _check_code(self, code: str) -> None:
        stored = await self._store.find_setup_code()
        is_right = stored is not None and hmac.compare_digest(stored, hash_of(code))
        if not is_right or not await self.is_needed():
            raise SetupRefused("This setup link is not valid, or the server is set up already")
