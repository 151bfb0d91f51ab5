"""What somebody was notified of, or would have been, by their push rules of now: found in the rooms they are in."""

import heapq
from collections import deque

from sottovoce.domains.changes.service import Changes
from sottovoce.domains.rooms.model import Reader
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import RoomId, UserId
from sottovoce.protocol.push_rules import Notice, notice_of
from sottovoce.protocol.tokens import TokenSealer

from ..model import BadNotificationToken, Due, Notified, NotifiedPage
from ..ports import Glances, Timelines
from ..rules import Tally
from .counts import UnreadCounts
from .notifying import Notifying

PAGE_MAX = 100
SCANNED_EVENTS_MAX = 2_000
"""How far one request looks before it answers with what it has."""
CHUNK_EVENTS = 100
ROOM_PLACES = 64

_TOKEN = "notifications"


class Notifications:
    """Pages through events that asked for somebody's attention, the newest first."""

    def __init__(
        self,
        rooms: Timelines,
        glances: Glances,
        notifying: Notifying,
        counts: UnreadCounts,
        sealer: TokenSealer,
        changes: Changes,
    ) -> None:
        self._rooms = rooms
        self._glances = glances
        self._notifying = notifying
        self._counts = counts
        self._sealer = sealer
        self._changes = changes

    async def page(self, reader: Reader, start: str | None, limit: int, *, only_highlights: bool) -> NotifiedPage:
        """At most `limit` of them. Raises BadNotificationToken. Spec: client-server, GET /notifications."""
        user_id, now = reader.user_id, self._changes.now.log
        until = now if start is None else min(now, self._opened(user_id, start))
        scan = await self._begin(user_id, until)
        found: list[Due] = []
        limit, scanned = min(limit, PAGE_MAX), 0
        while len(found) < limit and scanned < SCANNED_EVENTS_MAX and (chunk := await scan.take(CHUNK_EVENTS)):
            scanned += len(chunk)
            due = await self._due(user_id, chunk)
            found += [each for each in due if not only_highlights or notice_of(each.rule.actions) is Notice.HIGHLIGHT]
            until = chunk[-1][0] - 1
        if len(found) > limit:
            del found[limit:]
            until = found[-1].placed.position - 1
        elif scan.is_at_end:
            until = 0
        token = self._sealer.seal(_TOKEN, user_id, (until,)) if until > 0 else None
        return NotifiedPage(await self._shown(reader, found, now), token)

    async def _begin(self, user_id: UserId, until: int) -> "_Scan":
        mine = await self._glances.memberships_of(user_id)
        joined = [room_id for room_id, membership in mine.items() if membership.membership == "join"]
        scan = _Scan(self._glances, await self._rooms.joined_since(user_id, joined))
        for room_id in joined:
            await scan.add(room_id, until)
        return scan

    async def _due(self, user_id: UserId, chunk: list[tuple[int, RoomId]]) -> list[Due]:
        by_room: dict[RoomId, list[int]] = {}
        for position, room_id in chunk:
            by_room.setdefault(room_id, []).append(position)
        found: list[Due] = []
        for room_id, positions in by_room.items():
            found += await self._notifying.judge(user_id, room_id, await self._glances.events_placed_at(positions))
        return sorted(found, key=lambda due: due.placed.position, reverse=True)

    async def _shown(self, reader: Reader, found: list[Due], now: int) -> list[Notified]:
        tallies: dict[RoomId, Tally] = {}
        rooms = {due.placed.event.room_id for due in found}
        if rooms:
            tallies = await self._counts.count(reader.user_id, rooms, now)
        shown = []
        for placed, rule in found:
            event = placed.event
            is_read = tallies[event.room_id].has_read(await self._notifying.thread_of(placed), placed.position)
            encoded = self._glances.as_in_sync(placed, reader)
            shown.append(Notified(event.room_id, encoded, event.origin_server_ts, rule.actions, is_read))
        return shown

    def _opened(self, user_id: UserId, token: str) -> int:
        try:
            return self._sealer.open(_TOKEN, user_id, token)[0]
        except Malformed:
            raise BadNotificationToken from None


class _Scan:
    """The positions of events in several rooms, from the newest to the oldest that somebody was there for."""

    def __init__(self, rooms: Glances, joined_at: dict[RoomId, int]) -> None:
        self._rooms = rooms
        self._joined_at = joined_at
        self._places: dict[RoomId, deque[int]] = {}
        self._heads: list[tuple[int, RoomId]] = []

    @property
    def is_at_end(self) -> bool:
        return not self._heads

    async def add(self, room_id: RoomId, until: int) -> None:
        """The room's events up to here are in it."""
        after = self._joined_at.get(room_id, 0)
        places = await self._rooms.places_between(room_id, after, until, ROOM_PLACES)
        if places:
            self._places[room_id] = deque(places)
            heapq.heappush(self._heads, (-places[0], room_id))

    async def take(self, count: int) -> list[tuple[int, RoomId]]:
        """The next `count` positions with their rooms, descending; fewer at the end."""
        taken: list[tuple[int, RoomId]] = []
        while self._heads and len(taken) < count:
            negative, room_id = heapq.heappop(self._heads)
            taken.append((-negative, room_id))
            places = self._places[room_id]
            places.popleft()
            if places:
                heapq.heappush(self._heads, (-places[0], room_id))
            else:
                await self.add(room_id, -negative - 1)
        return taken
