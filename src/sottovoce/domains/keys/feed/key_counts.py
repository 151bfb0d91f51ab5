"""How many keys are left of a device, in every answer to it."""

from sottovoce.domains.changes.model import SyncAnswer, SyncAsk

from ..model import KEY_COUNTS, Target
from ..service import Counts


class KeyCountFeed:
    """Implements changes.ports.Feed."""

    stream = KEY_COUNTS

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    async def contribute(self, ask: SyncAsk, answer: SyncAnswer) -> None:
        """The answer says what is left, and is worth giving if somebody took a key since."""
        device = Target(ask.user_id, ask.device_id)
        counts = await self._counts.of(device)
        answer.one_time_keys = counts.one_time or None
        answer.unused_fallback_keys = counts.unused_fallback
        if ask.since is not None:
            answer.key_counts_moved = ask.since.log < self._counts.moved_at(device) <= ask.now.log
