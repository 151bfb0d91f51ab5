"""Which events somebody is to be told of."""

from collections.abc import Iterable

from sottovoce.domains.receipts.model import MAIN
from sottovoce.domains.rooms.model import Membership, TimelineEvent
from sottovoce.protocol.ids import RoomId, UserId
from sottovoce.protocol.invite_permission import Verdict
from sottovoce.protocol.push_rules import Notice, Rule, notice_of

from ..model import Due, Floors
from ..ports import Glances, Preferences, Readings, Timelines
from .counts import UnreadCounts
from .judging import circumstances
from .push_rules import PushRules

DUE_MAX = 20
"""Whoever was not told for long is told of so many events, the newest."""
LOOKED_AT_MAX = 200
"""Of so many new events of a room, the newest."""

_REDACTED = b'"redacted_because"'


class Notifying:
    """Finds what is new for somebody, unread, and worth their attention."""

    def __init__(
        self,
        rooms: Timelines,
        glances: Glances,
        receipts: Readings,
        rules: PushRules,
        preferences: Preferences,
        counts: UnreadCounts,
    ) -> None:
        self._rooms = rooms
        self._glances = glances
        self._receipts = receipts
        self._rules = rules
        self._preferences = preferences
        self._counts = counts

    async def due(self, user_id: UserId, room_ids: Iterable[RoomId] | None, after: int, until: int) -> list[Due]:
        """Unread events in (after, until] of which the person's rules say that they be told, the oldest first.

        room_ids: the rooms where there may be any; None: not known. Spec: client-server, Push Notifications.
        """
        mine = await self._glances.memberships_of(user_id)
        if room_ids is None:
            room_ids = await self._rooms.rooms_with_news(mine, after)
        found: list[Due] = []
        for room_id in room_ids:
            membership = mine.get(room_id)
            if membership is not None and membership.membership == "join":
                found += await self._in_room(user_id, room_id, after, until)
            elif membership is not None and membership.membership == "invite":
                found += await self._invited(user_id, room_id, membership, after, until)
        found.sort(key=lambda due: due.placed.position)
        return found[-DUE_MAX:]

    async def judge(self, user_id: UserId, room_id: RoomId, events: Iterable[TimelineEvent]) -> list[Due]:
        """Those of the events, read or not, of which the person's rules say that they be told; in the same order."""
        matcher = (await self._rules.known(user_id)).matcher
        ignored = await self._preferences.ignored_by(user_id)
        around = circumstances(user_id, await self._rooms.standing(room_id, user_id))
        found = []
        for placed in events:
            event = placed.event
            if event.sender == user_id or event.sender in ignored or placed.unsigned.startswith(_REDACTED):
                continue
            rule = matcher.match(event, around)
            if rule is not None and _tells(rule):
                found.append(Due(placed, rule))
        return found

    async def thread_of(self, placed: TimelineEvent) -> str:
        """The root of the event's thread, or `main`."""
        if "m.relates_to" not in placed.event.content:
            return MAIN
        return await self._receipts.thread_of(placed) or MAIN

    async def _in_room(self, user_id: UserId, room_id: RoomId, after: int, until: int) -> list[Due]:
        floors = await self._counts.floors(user_id, room_id)
        events = await self._rooms.events_after(room_id, max(after, floors.whole), LOOKED_AT_MAX)
        events = [placed for placed in events if placed.position <= until]
        due = await self.judge(user_id, room_id, events)
        if not due:
            return []
        own = [placed for placed in events if placed.event.sender == user_id and placed.event.state_key is None]
        answered = {await self.thread_of(placed): placed.position for placed in own}
        return [each for each in due if not await self._is_read(each, floors, answered)]

    async def _is_read(self, due: Due, floors: Floors, answered: dict[str, int]) -> bool:
        thread_id, position = await self.thread_of(due.placed), due.placed.position
        return position <= floors.marks.threads.get(thread_id, 0) or position <= answered.get(thread_id, 0)

    async def _invited(
        self, user_id: UserId, room_id: RoomId, membership: Membership, after: int, until: int
    ) -> list[Due]:
        """Whoever is invited sees of the room their invitation only, unless they do not want it."""
        if not after < membership.position <= until:
            return []
        wanted = [
            placed
            for placed in await self._glances.events_placed_at([membership.position])
            if await self._preferences.verdict(user_id, placed.event.sender) is Verdict.ALLOW
        ]
        return await self.judge(user_id, room_id, wanted) if wanted else []


def _tells(rule: Rule) -> bool:
    return notice_of(rule.actions) is not Notice.NONE
