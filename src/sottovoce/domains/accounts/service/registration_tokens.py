"""The tokens with which accounts are created: given out by administrators, and used up by newcomers."""

from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.ids import Ids

from ..model import InvalidValue, IssuedToken, RegistrationToken, RegistrationTokenNotFound
from ..ports import RegistrationTokenStore
from ..rules import hash_of

TOKEN_BYTES = 15
ID_BYTES = 8
MAX_LABEL_LENGTH = 100
MAX_LISTED_TOKENS = 1000
MAX_USES = 1_000_000
MAX_LIFETIME_MS = 10 * 365 * 86_400_000


class RegistrationTokens:
    """What opens the door to whoever has no account yet. A token itself is told once and kept nowhere."""

    def __init__(self, database: Database, store: RegistrationTokenStore, clock: Clock, ids: Ids) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._ids = ids

    async def issue(
        self, *, uses_allowed: int | None = None, lifetime_ms: int | None = None, label: str | None = None
    ) -> str:
        """A new token, with which so many accounts can be created for so long; None: without end.

        Raises InvalidValue.
        """
        _check(uses_allowed, lifetime_ms, label)
        token, now_ms = self._ids.url_safe(TOKEN_BYTES), self._clock.now_ms()
        expires_at_ms = None if lifetime_ms is None else now_ms + lifetime_ms
        batch = Batch()
        kept = RegistrationToken(uses_allowed, 0, expires_at_ms, label, now_ms)
        self._store.add_registration_token(batch, hash_of(token), kept)
        await self._database.commit(batch)
        return token

    async def list(self) -> list[IssuedToken]:
        """The tokens there are, the oldest first, each by an id that opens nothing; at most MAX_LISTED_TOKENS."""
        rows = await self._store.list_registration_tokens(MAX_LISTED_TOKENS)
        return [IssuedToken(token_id(token_hash), token) for token_hash, token in rows]

    async def revoke(self, asked: str) -> None:
        """No account can be created with this token any more. asked: its id. Raises RegistrationTokenNotFound."""
        for token_hash, _ in await self._store.list_registration_tokens(MAX_LISTED_TOKENS):
            if token_id(token_hash) == asked:
                batch = Batch()
                self._store.remove_registration_token(batch, token_hash)
                await self._database.commit(batch)
                return
        raise RegistrationTokenNotFound("There is no such registration token")

    async def find_valid(self, token: str) -> RegistrationToken | None:
        """The token, if an account could be created with it now."""
        stored = await self._store.find_registration_token(hash_of(token))
        if stored is None or (stored.uses_allowed is not None and stored.uses >= stored.uses_allowed):
            return None
        is_expired = stored.expires_at_ms is not None and stored.expires_at_ms <= self._clock.now_ms()
        return None if is_expired else stored


def token_id(token_hash: bytes) -> str:
    """What a token is called without telling it."""
    return token_hash[:ID_BYTES].hex()


def _check(uses_allowed: int | None, lifetime_ms: int | None, label: str | None) -> None:
    if uses_allowed is not None and not 0 < uses_allowed <= MAX_USES:
        raise InvalidValue(f"A token has from 1 to {MAX_USES} uses, or any number")
    if lifetime_ms is not None and not 0 < lifetime_ms <= MAX_LIFETIME_MS:
        raise InvalidValue("A token is good for at most ten years, or for ever")
    if label is not None and (len(label) > MAX_LABEL_LENGTH or "\0" in label):
        raise InvalidValue(f"A label has at most {MAX_LABEL_LENGTH} characters")
