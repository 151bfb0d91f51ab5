"""How much is unread for somebody in all their rooms together."""

from collections import OrderedDict
from collections.abc import Iterable

from sottovoce.protocol.ids import RoomId, UserId

from ..ports import Glances, Preferences
from .counts import UnreadCounts
from .push_rules import KnownRules, PushRules

BADGES_MAX = 5_000
"""Of how many people the counts of each room are kept."""


class _Badge:
    __slots__ = ("by_room", "ignored", "rules")

    def __init__(self, rules: KnownRules, ignored: frozenset[UserId]) -> None:
        self.rules, self.ignored = rules, ignored
        self.by_room: dict[RoomId, int] = {}


class Badges:
    """Sums, kept up room by room."""

    def __init__(self, counts: UnreadCounts, rooms: Glances, rules: PushRules, preferences: Preferences) -> None:
        self._counts = counts
        self._rooms = rooms
        self._rules = rules
        self._preferences = preferences
        self._badges: OrderedDict[UserId, _Badge] = OrderedDict()

    async def of(self, user_id: UserId, moved: Iterable[RoomId] | None, until: int) -> int:
        """How many notifications are unread, up to `until`.

        moved: every room in which anything may have changed for this person since the last time; None: not known.
        """
        rules, ignored = await self._rules.known(user_id), await self._preferences.ignored_by(user_id)
        joined = {
            room for room, mine in (await self._rooms.memberships_of(user_id)).items() if mine.membership == "join"
        }
        badge = self._badges.get(user_id)
        if badge is None or moved is None or badge.rules is not rules or badge.ignored != ignored:
            badge = self._badges[user_id] = _Badge(rules, ignored)
            moved = joined
            if len(self._badges) > BADGES_MAX:
                self._badges.popitem(last=False)
        self._badges.move_to_end(user_id)
        to_count = joined & set(moved)
        tallies = await self._counts.count(user_id, to_count, until) if to_count else {}
        badge.by_room |= {room_id: tally.whole().notifications for room_id, tally in tallies.items()}
        return sum(unread for room_id, unread in badge.by_room.items() if room_id in joined)

    def forget(self, user_id: UserId) -> None:
        """The next count of this person is made afresh."""
        self._badges.pop(user_id, None)
