"""Rate limits: token buckets per kind of request and per account or address.

A bucket holds `burst` requests and fills at `per_second`. The figures are generous to people and meant for machines
gone wild: a person never meets them.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping

import msgspec

from sottovoce.http.refused import Refused

BUCKETS_LIMIT = 100_000


class Rate(msgspec.Struct, frozen=True):
    """How fast one account or address may ask: `burst` requests at once, then `per_second`."""

    per_second: float
    burst: int


DEFAULT_RATES: Mapping[str, Rate] = {
    "default": Rate(per_second=50, burst=500),
    "sync": Rate(per_second=50, burst=500),
    "message": Rate(per_second=10, burst=100),
    "room": Rate(per_second=2, burst=50),
    "membership": Rate(per_second=5, burst=200),
    "admin": Rate(per_second=20, burst=200),
    "search": Rate(per_second=5, burst=50),
    "pusher": Rate(per_second=0.5, burst=60),
    "report": Rate(per_second=0.1, burst=30),
    "login": Rate(per_second=0.2, burst=10),
    "mail": Rate(per_second=0.05, burst=10),
    "register": Rate(per_second=0.1, burst=10),
}


class Limits:
    """The buckets of one process. `rates` may leave kinds out: those are not limited."""

    __slots__ = ("_buckets", "_monotonic_s", "_rates")

    def __init__(self, rates: Mapping[str, Rate], monotonic_s: Callable[[], float]) -> None:
        self._rates = dict(rates)
        self._monotonic_s = monotonic_s
        # Of each bucket the moment when it will be full again; absent: full.
        self._buckets: OrderedDict[tuple[str, str], float] = OrderedDict()

    def spend(self, kind: str, who: str) -> None:
        """Take one request from the bucket of `who`; raises Refused (429 M_LIMIT_EXCEEDED) if it is empty."""
        rate = self._rates.get(kind)
        if rate is None:
            return
        now_s = self._monotonic_s()
        step_s = 1.0 / rate.per_second
        full_at_s = max(self._buckets.get((kind, who), now_s), now_s) + step_s
        wait_s = full_at_s - now_s - rate.burst * step_s
        if wait_s > 0:
            raise _too_many(wait_s)
        self._buckets[kind, who] = full_at_s
        self._buckets.move_to_end((kind, who))
        if len(self._buckets) > BUCKETS_LIMIT:
            self._buckets.popitem(last=False)


def _too_many(wait_s: float) -> Refused:
    retry_after_ms = int(wait_s * 1000) + 1
    return Refused(429, "M_LIMIT_EXCEEDED", "Too many requests, try again later", retry_after_ms=retry_after_ms)
