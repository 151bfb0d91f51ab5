"""Short-lived proofs of who somebody is: to sign in another device once, or to be known by another service."""

from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.ids import Ids
from sottovoce.protocol.ids import UserId

from ..model import Pass, TokenKind, UnknownToken
from ..ports import PassStore
from ..rules import hash_of

PASS_BYTES = 24
LOGIN_LIFETIME_MS = 120_000
OPENID_LIFETIME_MS = 3_600_000


class Passes:
    """Only hashes are stored. Expired ones go when the next one is made."""

    def __init__(self, database: Database, store: PassStore, clock: Clock, ids: Ids) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._ids = ids

    async def issue_login(self, user_id: UserId) -> str:
        """A token that signs one device in within LOGIN_LIFETIME_MS. Spec: client-server, POST /login/get_token."""
        return await self._issue(TokenKind.LOGIN, user_id, LOGIN_LIFETIME_MS)

    async def issue_openid(self, user_id: UserId) -> str:
        """A token that tells other services for OPENID_LIFETIME_MS who somebody is. Spec: client-server, OpenID."""
        return await self._issue(TokenKind.OPENID, user_id, OPENID_LIFETIME_MS)

    async def login_user(self, token: str) -> UserId | None:
        """Whom the token signs in; None if it is not valid."""
        return await self._user(TokenKind.LOGIN, token)

    async def openid_user(self, token: str) -> UserId:
        """Whose token it is. Raises UnknownToken. Spec: server-server, OpenID."""
        user_id = await self._user(TokenKind.OPENID, token)
        if user_id is None:
            raise UnknownToken(soft_logout=False)
        return user_id

    def use(self, batch: Batch, token: str) -> None:
        """With the batch the token is used, which fails with WriteConflict if it was before."""
        self._store.use_pass(batch, hash_of(token))

    async def _issue(self, kind: int, user_id: UserId, lifetime_ms: int) -> str:
        token, now_ms = self._ids.url_safe(PASS_BYTES), self._clock.now_ms()
        batch = Batch()
        self._store.remove_passes_before(batch, now_ms)
        self._store.add_pass(batch, hash_of(token), Pass(kind, user_id, 0, now_ms + lifetime_ms))
        await self._database.commit(batch)
        return token

    async def _user(self, kind: int, token: str) -> UserId | None:
        proof = await self._store.find_pass(kind, hash_of(token))
        if proof is None or proof.uses > 0 or proof.expires_at_ms <= self._clock.now_ms():
            return None
        return proof.user_id
