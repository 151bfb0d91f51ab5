"""Wrong passwords, slowed: for an account from one address, for an address, and for an account from anywhere.

The last is loose, so that nobody can keep a person out by guessing wrongly on purpose.
"""

from sottovoce.infra.clock import Clock
from sottovoce.protocol.ids import UserId

from ..model import TooManyAttempts
from ..rules import Allowance, spend

PER_ACCOUNT_AND_ADDRESS = Allowance(burst=5, refill_ms=20_000)
PER_ADDRESS = Allowance(burst=30, refill_ms=5_000)
PER_ACCOUNT = Allowance(burst=50, refill_ms=10_000)
MAX_REMEMBERED = 30_000

Key = tuple[str, str]


class FailedLogins:
    """What has been guessed lately. Each attempt counts before it is judged, so that many at once are no way around."""

    def __init__(self, clock: Clock, *, is_on: bool) -> None:
        self._clock = clock
        self._is_on = is_on
        self._settled_at_ms: dict[Key, int] = {}

    def count(self, user_id: UserId | None, name: str, client_ip: str) -> None:
        """An attempt is counted as wrong. Raises TooManyAttempts, and counts nothing, if there were too many."""
        if not self._is_on:
            return
        now_ms = self._clock.now_ms()
        spent: dict[Key, int] = {}
        for key, allowance in _allowances(user_id, name, client_ip).items():
            spent[key], wait_ms = spend(allowance, self._settled_at_ms.get(key, 0), now_ms)
            if wait_ms > 0:
                raise TooManyAttempts(wait_ms)
        self._settled_at_ms.update(spent)
        self._bound(now_ms)

    def take_back(self, user_id: UserId | None, name: str, client_ip: str) -> None:
        """The attempt was right: it does not count, and neither do earlier ones on this account from this address."""
        if not self._is_on:
            return
        for key, allowance in _allowances(user_id, name, client_ip).items():
            if key in self._settled_at_ms:
                self._settled_at_ms[key] -= allowance.refill_ms
        self._settled_at_ms.pop((user_id or name, client_ip), None)

    def _bound(self, now_ms: int) -> None:
        if len(self._settled_at_ms) <= MAX_REMEMBERED:
            return
        unsettled = sorted((at_ms, key) for key, at_ms in self._settled_at_ms.items() if at_ms > now_ms)
        self._settled_at_ms = {key: at_ms for at_ms, key in unsettled[-MAX_REMEMBERED // 2 :]}


def _allowances(user_id: UserId | None, name: str, client_ip: str) -> dict[Key, Allowance]:
    account = user_id or name
    return {
        (account, client_ip): PER_ACCOUNT_AND_ADDRESS,
        ("", client_ip): PER_ADDRESS,
        (account, ""): PER_ACCOUNT,
    }
