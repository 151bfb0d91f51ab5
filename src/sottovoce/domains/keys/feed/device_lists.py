"""Whose devices a /sync says have changed."""

from sottovoce.domains.changes.model import SyncAnswer, SyncAsk

from ..model import DEVICE_LISTS
from ..service import DeviceListChanges


class DeviceListFeed:
    """Implements changes.ports.Feed."""

    stream = DEVICE_LISTS

    def __init__(self, lists: DeviceListChanges) -> None:
        self._lists = lists

    async def contribute(self, ask: SyncAsk, answer: SyncAnswer) -> None:
        """The answer says whose devices changed, and whose no longer matter; only to a device that comes again."""
        if ask.since is None or not ask.has_moved(DEVICE_LISTS):
            return
        moved = ask.rooms_moved(DEVICE_LISTS)
        # Who was away for a while may have changed keys meanwhile, of which nobody here was told then.
        have_keys_moved = ask.moved is None or bool(moved) or ask.moved.has_outside_rooms(DEVICE_LISTS)
        answer.device_lists = await self._lists.between(ask.user_id, ask.since.log, ask.now.log, moved, have_keys_moved)
