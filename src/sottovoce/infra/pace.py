"""Work for a crowd, a few pieces in each turn of the event loop.

A thousand people woken by one message would otherwise be answered in one turn, during which nothing is read, committed
or sent on: whoever writes to a large busy group would wait for the whole crowd several times over, and the crowd would
get each message in an answer of its own.
"""

import asyncio
from collections import deque


class Pace:
    """Lets so many through in each turn of the loop, in the order in which they came."""

    def __init__(self, per_turn: int) -> None:
        self._per_turn = per_turn
        self._left = per_turn
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_counting = False

    async def turn(self) -> None:
        """It is the caller's turn: at once, if few have come in this turn of the loop."""
        loop = asyncio.get_running_loop()
        if not self._is_counting:
            self._is_counting = True
            loop.call_soon(self._next, loop)
        if self._left > 0 and not self._waiting:
            self._left -= 1
            return
        admitted = loop.create_future()
        self._waiting.append(admitted)
        await admitted

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        was_used = self._left < self._per_turn
        self._left = self._per_turn
        while self._waiting and self._left > 0:
            admitted = self._waiting.popleft()
            if not admitted.done():  # whoever gave up has no turn
                admitted.set_result(None)
                self._left -= 1
        self._is_counting = was_used or self._left < self._per_turn
        if self._is_counting:
            loop.call_soon(self._next, loop)
