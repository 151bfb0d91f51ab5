"""Time. Nothing else in the program asks the machine what time it is."""

import time
from typing import Protocol


class Clock(Protocol):
    """Where time comes from; tests give their own."""

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC; may jump when the machine's clock is set."""
        ...

    def monotonic_s(self) -> float:
        """Seconds since some moment; never goes back. For measuring how long something took."""
        ...


class SystemClock:
    """The machine's time."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()
