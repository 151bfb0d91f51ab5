"""Positions, the memory of recent changes, and those who wait for news.

One writer hands out positions in the order in which its batches take their place in the commit queue, so when a
position is visible every lower one is. The order for whoever waits is always: register, read, wait.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from types import TracebackType
from typing import Self

from sottovoce.protocol.ids import RoomId, UserId

from .model import Change, Moved, Positions
from .ports import PositionStore

RESERVED_AT_ONCE_POSITIONS = 1 << 20
REMEMBERED_CHANGES = 8192


class Listener:
    """Somebody waiting for news of one person; made by Changes.listen."""

    __slots__ = ("_changes", "_future", "_has_news", "user_id")

    def __init__(self, changes: "Changes", user_id: UserId) -> None:
        self._changes = changes
        self.user_id = user_id
        self._has_news = False
        self._future: asyncio.Future[None] | None = None

    def __enter__(self) -> Self:
        self._changes.add_listener(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._changes.remove_listener(self)

    async def wait(self, timeout_s: float) -> bool:
        """True as soon as something changed since the last wait or the registration; False after timeout_s."""
        if not self._has_news and timeout_s > 0:
            loop = asyncio.get_running_loop()
            self._future = loop.create_future()
            timer = loop.call_later(timeout_s, self._resolve)
            try:
                await self._future
            finally:
                timer.cancel()
                self._future = None
        had_news, self._has_news = self._has_news, False
        return had_news

    def notify(self) -> None:
        self._has_news = True
        self._resolve()

    def _resolve(self) -> None:
        if self._future is not None and not self._future.done():
            self._future.set_result(None)


class Changes:
    """Hands out positions, remembers recent changes and wakes those concerned."""

    def __init__(self, store: PositionStore) -> None:
        self._store = store
        self._log: deque[Change] = deque()
        self._live: deque[Change] = deque()
        self._listeners: dict[UserId, list[Listener]] = {}
        self._next = self._reserved = self._epoch = self._visible = 0
        self._live_position = 0
        self._log_floor = 0
        self._live_floor = 0
        self._is_closing = False
        self._followers: dict[str, list[Callable[[Change], None]]] = {}

    async def start(self) -> None:
        """Positions are handed out from here on; none of them was used by an earlier run."""
        self._next = self._reserved = self._epoch = await self._store.find_reserved()
        self._visible = self._log_floor = self._next - 1

    @property
    def now(self) -> Positions:
        """The newest positions at which everything is committed and published."""
        return Positions(self._visible, self._live_position, self._epoch)

    @property
    def is_closing(self) -> bool:
        return self._is_closing

    @property
    def waiting(self) -> int:
        """How many people are waiting for news."""
        return len(self._listeners)

    def next_position(self) -> int:
        """A new position; its batch must be submitted before anything else is awaited."""
        position = self._next
        if position >= self._reserved:
            self._reserved = position + RESERVED_AT_ONCE_POSITIONS
            self._store.reserve(self._reserved)
        self._next = position + 1
        return position

    def publish(self, announcements: Sequence[object]) -> None:
        """The committed changes are visible and those concerned are awake. Called by the database, in commit order."""
        changes = [change for change in announcements if isinstance(change, Change)]
        for change in changes:
            self._log.append(change)
            self._visible = max(self._visible, change.position)
        while len(self._log) > REMEMBERED_CHANGES:
            self._log_floor = self._log.popleft().position
        for change in changes:
            self._wake(change.audience)
            for follower in self._followers.get(change.stream, ()):
                follower(change)

    def follow(self, stream: str, follower: Callable[[Change], None]) -> None:
        """From now on the follower is told of every change of the stream, once it is visible; it must not wait."""
        self._followers.setdefault(stream, []).append(follower)

    def publish_live(
        self, stream: str, room_id: RoomId | None, audience: AbstractSet[UserId], *, wakes: bool = True
    ) -> int:
        """The volatile change is visible and those concerned are awake; the live position it got.

        wakes: False leaves them asleep, for what can wait for the next change.
        """
        self._live_position += 1
        self._live.append(Change(stream, self._live_position, room_id, audience))
        if len(self._live) > REMEMBERED_CHANGES:
            self._live_floor = self._live.popleft().position
        if wakes:
            self._wake(audience)
        for follower in self._followers.get(stream, ()):
            follower(self._live[-1])
        return self._live_position

    def listen(self, user_id: UserId) -> Listener:
        """A context in which nothing that concerns this person is missed."""
        return Listener(self, user_id)

    def add_listener(self, listener: Listener) -> None:
        """The listener is told of what concerns its person. Called by the listener itself."""
        self._listeners.setdefault(listener.user_id, []).append(listener)

    def remove_listener(self, listener: Listener) -> None:
        """The listener is told of nothing more. Called by the listener itself."""
        listeners = self._listeners[listener.user_id]
        listeners.remove(listener)
        if not listeners:
            del self._listeners[listener.user_id]

    def moved(self, user_id: UserId, since: Positions, now: Positions) -> Moved:
        """Which rooms and streams moved for this person in (since, now], as far as it is remembered."""
        live_since = since.live if since.epoch == self._epoch else -1
        moved = Moved(knows_log=since.log >= self._log_floor, knows_live=live_since >= self._live_floor)
        if since.to_device is not None:  # messages were left for the next answer
            moved.add("to_device", None)
        for remembered, after, until in ((self._log, since.log, now.log), (self._live, live_since, now.live)):
            for change in reversed(remembered):
                if change.position <= after:
                    break
                if change.position <= until and user_id in change.audience:
                    moved.add(change.stream, change.room_id)
        return moved

    def close(self) -> None:
        """Everybody who waits is answered now, and nobody waits any more."""
        self._is_closing = True
        for listeners in list(self._listeners.values()):
            for listener in listeners:
                listener.notify()

    def _wake(self, audience: AbstractSet[UserId]) -> None:
        fewer, others = (self._listeners, audience)
        if len(audience) < len(self._listeners):
            awake = [user for user in audience if user in fewer]
        else:
            awake = [user for user in fewer if user in others]
        for user in awake:
            for listener in self._listeners[user]:
                listener.notify()
