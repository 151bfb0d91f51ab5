"""Reading events and judging them."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sottovoce.domains.receipts.model import MAIN
from sottovoce.domains.rooms.model import MEMBER, Standing, TimelineEvent
from sottovoce.protocol.ids import RoomId, UserId
from sottovoce.protocol.push_rules import Circumstances, Notice, default_notices

from ..model import Judged
from ..ports import Readings, Timelines
from .push_rules import KnownRules

_REDACTED = b'"redacted_because"'
_NOBODY: Mapping[str, Notice] = MappingProxyType({})


class OwnView(NamedTuple):
    """Somebody for whom events have to be judged apart, by rules of their own."""

    user_id: UserId
    rules: KnownRules


class Judge:
    """Says of events what attention they ask of whom: once for everybody, or for one person with rules of their own."""

    def __init__(self, rooms: Timelines, receipts: Readings) -> None:
        self._rooms = rooms
        self._receipts = receipts

    async def standing(self, room_id: RoomId, own: OwnView | None) -> Standing:
        """What judging goes by beside the events; where it is another, they have to be judged anew."""
        return await self._rooms.standing(room_id, None if own is None else own.user_id)

    async def judge(self, events: Iterable[TimelineEvent], own: OwnView | None, standing: Standing) -> list[Judged]:
        """The events, judged, in the same order. own: None for everybody who has no rules of their own."""
        judged = []
        for shown in events:
            thread_id = MAIN
            if "m.relates_to" in shown.event.content:
                thread_id = await self._receipts.thread_of(shown) or MAIN
            if own is None:
                notices = default_notices(shown.event, standing.power)
                judged.append(_judged(shown, thread_id, notices.everyone, notices.by_user))
            else:
                around = circumstances(own.user_id, standing)
                judged.append(_judged(shown, thread_id, own.rules.matcher.notice(shown.event, around), _NOBODY))
        return judged

    async def takes_back(self, room_id: RoomId, events: Sequence[TimelineEvent], after: int) -> bool:
        """Whether one of the events redacts another that stands after this position."""
        for shown in events:
            if shown.event.redacts is not None:
                target = await self._rooms.find_timeline_event(room_id, shown.event.redacts)
                if target is not None and target.position > after:
                    return True
        return False


def is_same_standing(one: Standing, other: Standing, own: OwnView | None) -> bool:
    """Whether judging goes by the same."""
    if own is None:
        return one.power_position == other.power_position
    return one[1:] == other[1:]


def circumstances(user_id: UserId, standing: Standing) -> Circumstances:
    """The room and the person, as conditions of push rules ask for them."""
    return Circumstances(user_id, standing.display_name, standing.member_count, standing.power)


def _judged(shown: TimelineEvent, thread_id: str, everyone: Notice, by_user: Mapping[str, Notice]) -> Judged:
    event = shown.event
    is_sent = event.state_key is None
    if is_sent and shown.unsigned.startswith(_REDACTED):
        return Judged(shown.position, event.sender, thread_id, True, Notice.NONE, {})
    is_parting = event.type == MEMBER and event.content.get("membership") != "join"
    parted = event.state_key if is_parting else None
    return Judged(shown.position, event.sender, thread_id, is_sent, everyone, by_user, parted)
