"""The machine's clock."""

import datetime as dt

from sottovoce.infra.clock import SystemClock


def test_now_is_the_time_of_day_in_milliseconds() -> None:
    seconds = dt.datetime.now(dt.UTC).timestamp()  # noqa: TID251 - another opinion of the time
    assert abs(SystemClock().now_ms() - seconds * 1000) < 5_000


def test_monotonic_time_never_goes_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic_s() for _ in range(1000)]
    assert readings == sorted(readings)
