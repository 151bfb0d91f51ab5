"""What push does after a change: tell those who want to be told, wherever that is.

Each pusher has a lane of its own, in which it is told of one event after the other, and its own stored position: what
is after that has not been told, whatever happens to this server. What happens meanwhile is gathered in the lane. A
gateway that does not answer is left alone for a while, and holds nobody but its own.
"""

import asyncio
from collections import OrderedDict
from urllib.parse import urlsplit

import structlog

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.pace import Pace
from sottovoce.infra.tasks import Tasks
from sottovoce.protocol.ids import RoomId, UserId

from .model import Notification, Outcome, Pusher, PusherKey, Sent
from .ports import Glances, Outward, PusherStore
from .rules.pushers import retry_after_ms
from .service import Badges, Notifying, Pushers
from .service.push_rules import STREAM as PUSH_RULES

TOLD_PER_TURN = 4
"""How many lanes go on in each turn of the event loop: a large group is told without holding up anybody."""
PER_HOST_MAX = 10
"""How many requests are under way to one gateway."""
HOST_RESTS_MS = 10_000
HOSTS_MAX = 1_000
GIVE_UP_AFTER_TRIES = 30
"""About a day. What could not be told by then is not told any more."""
AFTER_TROUBLE_MS = 60_000
LOOK_EVERY_S = 0.5
STORED_EVERY_POSITIONS = 10_000
"""How far back, in changes of the whole server, a new run may have to look for what it has to tell somebody."""

_log = structlog.get_logger()


class _News:
    """What happened since a pusher was last told. rooms: where; is_all: anywhere."""

    __slots__ = ("has_read", "is_all", "rooms")

    def __init__(self) -> None:
        self.rooms: set[RoomId] = set()
        self.is_all = False
        self.has_read = False

    def __bool__(self) -> bool:
        return self.is_all or self.has_read or bool(self.rooms)

    def add(self, other: "_News") -> None:
        self.rooms |= other.rooms
        self.is_all = self.is_all or other.is_all
        self.has_read = self.has_read or other.has_read


class _Lane:
    """One pusher. badge: what it last showed, None if that is not known."""

    __slots__ = ("badge", "due_at_ms", "is_running", "key", "news", "position")

    def __init__(self, key: PusherKey) -> None:
        self.key = key
        self.news = _News()
        self.position = 0
        self.badge: int | None = None
        self.is_running = False
        self.due_at_ms: int | None = None


class _Host:
    """A gateway or push service."""

    __slots__ = ("rests_until_ms", "turns")

    def __init__(self) -> None:
        self.turns = asyncio.Semaphore(PER_HOST_MAX)
        self.rests_until_ms = 0


class PushFollower:
    """Follows rooms, receipts and push rules for everybody who has pushers."""

    def __init__(
        self,
        store: PusherStore,
        pushers: Pushers,
        notifying: Notifying,
        badges: Badges,
        rooms: Glances,
        outward: Outward,
        database: Database,
        changes: Changes,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self._store = store
        self._pushers = pushers
        self._notifying = notifying
        self._badges = badges
        self._rooms = rooms
        self._outward = outward
        self._database = database
        self._changes = changes
        self._clock = clock
        self._tasks = tasks
        self._pace = Pace(TOLD_PER_TURN)
        self._lanes: dict[UserId, dict[PusherKey, _Lane]] = {}
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._waiting: dict[PusherKey, _Lane] = {}
        self._has_waiting = asyncio.Event()
        self._is_loaded = self._is_closing = False
        self.totals = {outcome.value: 0 for outcome in Outcome}
        """How many notifications became what, since the start."""
        pushers.on_set, pushers.on_removed = self._set, self._removed
        changes.follow("rooms", self._moved)
        changes.follow("receipts", self._read)
        changes.follow(PUSH_RULES, self._judged_otherwise)

    async def run(self) -> None:
        """Everybody is told of what they were not told yet, and those that failed are tried again. Never ends."""
        if not self._is_loaded:
            for key in await self._store.list_keys():
                self._begin(self._lane(key))
            self._is_loaded = True
        while True:
            await self._has_waiting.wait()
            self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Lanes whose time has come go on."""
        now_ms = self._clock.now_ms()
        for lane in [lane for lane in self._waiting.values() if (lane.due_at_ms or 0) <= now_ms]:
            lane.due_at_ms = None
            del self._waiting[lane.key]
            self._start(lane)
        if not self._waiting:
            self._has_waiting.clear()

    def close(self) -> None:
        """Nobody is told of anything new; what is under way comes to its end."""
        self._is_closing = True

    def _moved(self, change: Change) -> None:
        if change.room_id is not None and self._lanes:
            for user_id in self._lanes.keys() & change.audience:
                self._add(user_id, change.room_id, has_read=False)

    def _read(self, change: Change) -> None:
        if change.room_id is not None and change.author is not None and change.author in self._lanes:
            self._add(change.author, change.room_id, has_read=True)

    def _judged_otherwise(self, change: Change) -> None:
        for user_id in self._lanes.keys() & change.audience:
            self._add(user_id, None, has_read=True)

    def _add(self, user_id: UserId, room_id: RoomId | None, *, has_read: bool) -> None:
        for lane in self._lanes[user_id].values():
            if room_id is not None:
                lane.news.rooms.add(room_id)
            lane.news.has_read = lane.news.has_read or has_read
            self._start(lane)

    def _set(self, pusher: Pusher) -> None:
        lane = self._lane(pusher.key)
        lane.badge = None
        self._waiting.pop(lane.key, None)
        lane.due_at_ms = None
        self._begin(lane)
        if pusher.ack_token is not None and not pusher.is_active:
            self._tasks.start("push.activate", self._send_activation(pusher))

    def _removed(self, key: PusherKey) -> None:
        self._waiting.pop(key, None)
        lanes = self._lanes.get(key.user_id, {})
        lanes.pop(key, None)
        if not lanes:
            self._lanes.pop(key.user_id, None)
            self._badges.forget(key.user_id)

    def _lane(self, key: PusherKey) -> _Lane:
        lanes = self._lanes.setdefault(key.user_id, {})
        lane = lanes.get(key)
        if lane is None:
            lane = lanes[key] = _Lane(key)
        return lane

    def _begin(self, lane: _Lane) -> None:
        lane.news.is_all = True
        self._start(lane)

    def _start(self, lane: _Lane) -> None:
        if not (lane.is_running or self._is_closing or lane.due_at_ms is not None):
            lane.is_running = True
            self._tasks.start("push.tell", self._go_on(lane))

    def _wait(self, lane: _Lane, until_ms: int) -> None:
        lane.due_at_ms = until_ms
        self._waiting[lane.key] = lane
        self._has_waiting.set()

    async def _go_on(self, lane: _Lane) -> None:
        is_done = True
        try:
            while lane.news and is_done and not self._is_closing:
                await self._pace.turn()
                # What is taken here is all up to `until`: between the two nothing is awaited.
                news, lane.news, until = lane.news, _News(), self._changes.now.log
                is_done = False
                try:
                    is_done = await self._tell(lane, news, until)
                finally:
                    if not is_done:
                        lane.news.add(news)
        finally:
            lane.is_running = False
            is_kept = self._lanes.get(lane.key.user_id, {}).get(lane.key) is lane
            if not is_done and lane.due_at_ms is None and is_kept:
                self._wait(lane, self._clock.now_ms() + AFTER_TROUBLE_MS)

    async def _tell(self, lane: _Lane, news: _News, until: int) -> bool:
        """The pusher was told of the news, up to this position; False: it has to be tried again."""
        pusher = await self._store.find_pusher(lane.key)
        if pusher is None or not pusher.is_active:
            return True
        ready_at_ms = max(pusher.next_try_at_ms or 0, self._host(pusher).rests_until_ms)
        if ready_at_ms > self._clock.now_ms():
            self._wait(lane, ready_at_ms)
            return False
        user_id, rooms = lane.key.user_id, None if news.is_all else news.rooms
        unread = await self._badges.of(user_id, rooms, until)
        for due in await self._notifying.due(user_id, rooms, max(pusher.position, lane.position), until):
            event = due.placed.event
            titles = await self._rooms.titles(event.room_id, user_id, event.sender)
            sent = await self._send(pusher, Notification(unread, due, titles))
            if sent is None or sent.outcome is not Outcome.DELIVERED:
                return await self._not_told(lane, pusher, sent, until)
            lane.position, lane.badge = due.placed.position, unread
            batch = Batch()
            self._store.set_position(batch, lane.key, due.placed.position)
            await self._database.commit(batch)
        lane.position = until
        if until - pusher.position > STORED_EVERY_POSITIONS:
            batch = Batch()
            self._store.set_position(batch, lane.key, until)
            await self._database.commit(batch)
        return await self._show_badge(lane, pusher, news, unread, until)

    async def _show_badge(self, lane: _Lane, pusher: Pusher, news: _News, unread: int, until: int) -> bool:
        """Gateways hear of what was read, too. Web push is for events only: browsers show something for all of it."""
        is_news = lane.badge != unread and (lane.badge is not None or news.has_read)
        if is_news and not pusher.is_web_push:
            sent = await self._send(pusher, Notification(unread))
            if sent is None or sent.outcome is not Outcome.DELIVERED:
                return await self._not_told(lane, pusher, sent, until)
        lane.badge = unread
        return True

    async def _send(self, pusher: Pusher, told: Notification) -> Sent | None:
        """None: it was not tried, for the other side is left alone just now."""
        host = self._host(pusher)
        async with host.turns:
            if host.rests_until_ms > self._clock.now_ms():
                return None
            sent = await self._outward.send(pusher, told)
        if sent.is_down:
            host.rests_until_ms = self._clock.now_ms() + HOST_RESTS_MS
        self.totals[sent.outcome.value] += 1
        return sent

    async def _not_told(self, lane: _Lane, pusher: Pusher, sent: Sent | None, until: int) -> bool:
        if sent is None:
            self._wait(lane, self._host(pusher).rests_until_ms)
            return False
        if sent.outcome is Outcome.REJECTED:
            _log.info("push.pusher_rejected", kind=pusher.kind)
            await self._pushers.remove(lane.key)
            return True
        lane.badge = None  # it may have arrived all the same
        tries, batch = pusher.tries + 1, Batch()
        if tries >= GIVE_UP_AFTER_TRIES:
            self._store.set_position(batch, lane.key, until)
            lane.position = until
        else:
            next_try_at_ms = self._clock.now_ms() + retry_after_ms(tries, sent.retry_after_ms)
            self._store.set_failed(batch, lane.key, tries, next_try_at_ms)
            self._wait(lane, next_try_at_ms)
        await self._database.commit(batch)
        return tries >= GIVE_UP_AFTER_TRIES

    async def _send_activation(self, pusher: Pusher) -> None:
        sent = await self._outward.send_activation(pusher)
        self.totals[sent.outcome.value] += 1
        if sent.outcome is Outcome.REJECTED:
            await self._pushers.remove(pusher.key)

    def _host(self, pusher: Pusher) -> _Host:
        name = urlsplit(pusher.url).netloc
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _Host()
            if len(self._hosts) > HOSTS_MAX:
                self._hosts.popitem(last=False)
        self._hosts.move_to_end(name)
        return host
