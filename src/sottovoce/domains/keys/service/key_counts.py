"""How many keys the server still has to give of a device: part of every answer to it, so kept in memory."""

import asyncio
from collections import OrderedDict

from ..model import KeyCounts, Target
from ..ports import DeviceKeyStore

DEVICES_COUNTED = 20_000
"""Of how many devices the counts are in memory."""

_NO_KEYS = KeyCounts({}, [])


class Counts:
    """The store is the truth: what moves is read again, and not remembered before it is committed."""

    def __init__(self, store: DeviceKeyStore) -> None:
        self._store = store
        self._known: OrderedDict[Target, KeyCounts] = OrderedDict()
        self._moved_at: OrderedDict[Target, int] = OrderedDict()
        self._moving: dict[Target, int] = {}
        self._times_moved = 0

    async def of(self, device: Target) -> KeyCounts:
        """What is left of the device's keys. Not to be changed."""
        known = self._known.get(device)
        if known is not None:
            self._known.move_to_end(device)
            return known
        times_moved = self._times_moved
        counts = await self._store.count_keys(device)
        if times_moved == self._times_moved and device not in self._moving:
            self._known[device] = counts if counts != _NO_KEYS else _NO_KEYS
            if len(self._known) > DEVICES_COUNTED:
                self._known.popitem(last=False)
        return counts

    def moved_at(self, device: Target) -> int:
        """Where somebody took a key of the device last; 0 if that is not known."""
        return self._moved_at.get(device, 0)

    def moving(self, device: Target, written: asyncio.Future[None], taken_at: int | None = None) -> None:
        """What is being written changes the counts. taken_at: the position at which somebody took a key."""
        if taken_at is not None:
            self._moved_at[device] = taken_at
            self._moved_at.move_to_end(device)
            if len(self._moved_at) > DEVICES_COUNTED:
                self._moved_at.popitem(last=False)
        self._moving[device] = self._moving.get(device, 0) + 1
        self._drop(device)
        written.add_done_callback(lambda _: self._moved(device))

    def forget(self, device: Target) -> None:
        """The device has no keys any more, or soon will have none."""
        self._moved_at.pop(device, None)
        self._drop(device)

    def _moved(self, device: Target) -> None:
        self._moving[device] -= 1
        if not self._moving[device]:
            del self._moving[device]
        self._drop(device)

    def _drop(self, device: Target) -> None:
        self._known.pop(device, None)
        self._times_moved += 1
