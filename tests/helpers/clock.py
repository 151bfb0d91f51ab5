"""Time that stands still until a test moves it."""


class FakeClock:
    """Implements infra.clock.Clock."""

    def __init__(self, now_ms: int = 1_700_000_000_000) -> None:
        self._now_ms = now_ms
        self._monotonic_ms = 0

    def now_ms(self) -> int:
        return self._now_ms

    def monotonic_s(self) -> float:
        return self._monotonic_ms / 1000

    def advance(self, duration_ms: int) -> None:
        """Both clocks are later by so much."""
        self._now_ms += duration_ms
        self._monotonic_ms += duration_ms
