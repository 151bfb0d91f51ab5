"""How fast one may ask, as the settings say it."""

import math
from collections.abc import Mapping

from sottovoce.http.limits import DEFAULT_RATES, Rate


def rates_in(text: str) -> Mapping[str, Rate]:
    """The rates of all kinds, those named in the text changed: `message=10/100, login=0.2/10`.

    Raises ValueError, which names what is wrong.
    """
    rates = dict(DEFAULT_RATES)
    for part in (part.strip() for part in text.split(",")):
        if not part:
            continue
        kind, _, figures = part.partition("=")
        per_second, _, burst = figures.partition("/")
        if kind.strip() not in DEFAULT_RATES:
            raise ValueError(f"{kind.strip()!r}, but the kinds are {', '.join(DEFAULT_RATES)}")
        try:
            rate = Rate(float(per_second), int(burst))
        except ValueError as cause:
            raise ValueError(part) from cause
        if not (math.isfinite(rate.per_second) and rate.per_second > 0 and rate.burst > 0):
            raise ValueError(part)
        rates[kind.strip()] = rate
    return rates
