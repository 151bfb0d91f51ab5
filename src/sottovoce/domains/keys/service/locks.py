"""One thing at a time per device, where what is written depends on what was read."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from weakref import WeakValueDictionary

from ..model import Target


class DeviceLocks:
    """A lock for each device that anybody asks for, as long as somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Target, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def held(self, devices: Iterable[Target]) -> AsyncIterator[None]:
        """Nobody else holds any of these devices. All who want several take them in one order."""
        locks = [self._locks.setdefault(device, asyncio.Lock()) for device in sorted(set(devices))]
        async with AsyncExitStack() as stack:
            for lock in locks:
                await stack.enter_async_context(lock)
            yield


async def decided(written: asyncio.Future[None]) -> None:
    """The batch is durable. Cancelled or not, this ends when it is decided, so that a lock held is held until then.

    Raises WriteFailed.
    """
    try:
        await asyncio.shield(written)
    except asyncio.CancelledError:
        await asyncio.wait({written})
        raise
