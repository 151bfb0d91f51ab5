"""The one clock of presence and typing."""

import asyncio

from .presence import Presence
from .typing import Typing

SWEPT_EVERY_S = 1.0
"""How late others may hear that somebody came, left, or fell silent while typing."""


async def sweep_for_ever(presence: Presence, typing: Typing) -> None:
    """Never returns: both are swept every SWEPT_EVERY_S. To be kept running by infra's tasks."""
    while True:
        await asyncio.sleep(SWEPT_EVERY_S)
        typing.sweep()
        await presence.sweep()
