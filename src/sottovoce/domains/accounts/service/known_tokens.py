"""The tokens seen lately, so that a request need not ask the store who is calling."""

from sottovoce.protocol.ids import DeviceId, UserId

from ..model import Caller

MAX_KNOWN_TOKENS = 20_000
NEVER_MS = 1 << 62


class Known:
    """A token that is valid until `expires_at_ms`."""

    __slots__ = ("caller", "expires_at_ms", "seen_at_ms")

    def __init__(self, caller: Caller, expires_at_ms: int | None, seen_at_ms: int) -> None:
        self.caller = caller
        self.expires_at_ms = NEVER_MS if expires_at_ms is None else expires_at_ms
        self.seen_at_ms = seen_at_ms


class KnownTokens:
    """At most so many tokens by their hash; of more, the one known longest goes first.

    times_forgotten: a reader notes it before asking the store. If it has changed by the time the answer is there, the
    answer may be older than a sign-out, and is not kept.
    """

    def __init__(self, max_known: int = MAX_KNOWN_TOKENS) -> None:
        self._max_known = max_known
        self._tokens: dict[bytes, Known] = {}
        self._by_user: dict[UserId, tuple[bytes, ...]] = {}
        self.find = self._tokens.get
        self.times_forgotten = 0

    def add(self, token_hash: bytes, known: Known, times_forgotten: int) -> None:
        """The token is known, unless something was forgotten since `times_forgotten` was read."""
        if times_forgotten != self.times_forgotten:
            return
        if len(self._tokens) >= self._max_known:
            self._remove(next(iter(self._tokens)))
        self._tokens[token_hash] = known
        user_id = known.caller.user_id
        self._by_user[user_id] = (*self._by_user.get(user_id, ()), token_hash)

    def forget(self, user_id: UserId, device_id: DeviceId | None = None) -> None:
        """No token of the device (None: of any of the user's devices) is known."""
        self.times_forgotten += 1
        for token_hash in self._by_user.get(user_id, ()):
            if device_id is None or self._tokens[token_hash].caller.device_id == device_id:
                self._remove(token_hash)

    def _remove(self, token_hash: bytes) -> None:
        user_id = self._tokens.pop(token_hash).caller.user_id
        others = tuple(known for known in self._by_user[user_id] if known != token_hash)
        if others:
            self._by_user[user_id] = others
        else:
            del self._by_user[user_id]
