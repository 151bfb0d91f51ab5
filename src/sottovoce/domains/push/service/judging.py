"""Reading events and judging them."""

from collections.abc import Iterable, Sequence

from sottovoce.domains.receipts.model import MAIN
from sottovoce.domains.rooms.model import MEMBER, TimelineEvent
from sottovoce.protocol.ids import RoomId
from sottovoce.protocol.push_rules import Notice, Notices, default_notices

from ..model import Judged
from ..ports import Readings, Timelines

_REDACTED = b'"redacted_because"'


class Judge:
    """Says of events what attention they ask of whom, once for everybody."""

    def __init__(self, rooms: Timelines, receipts: Readings) -> None:
        self._rooms = rooms
        self._receipts = receipts

    async def judge(self, room_id: RoomId, events: Iterable[TimelineEvent]) -> list[Judged]:
        """The events, judged, in the same order."""
        power = await self._rooms.power_levels(room_id)
        judged = []
        for shown in events:
            thread_id = MAIN
            if "m.relates_to" in shown.event.content:
                thread_id = await self._receipts.thread_of(shown) or MAIN
            notices = default_notices(shown.event, power)
            judged.append(_judged(shown, thread_id, notices))
        return judged

    async def takes_back(self, room_id: RoomId, events: Sequence[TimelineEvent], after: int) -> bool:
        """Whether one of the events redacts another that stands after this position."""
        for shown in events:
            if shown.event.redacts is not None:
                target = await self._rooms.find_timeline_event(room_id, shown.event.redacts)
                if target is not None and target.position > after:
                    return True
        return False


def _judged(shown: TimelineEvent, thread_id: str, notices: Notices) -> Judged:
    event = shown.event
    is_sent = event.state_key is None
    if is_sent and shown.unsigned.startswith(_REDACTED):
        return Judged(shown.position, event.sender, thread_id, True, Notice.NONE, {})
    is_parting = event.type == MEMBER and event.content.get("membership") != "join"
    parted = event.state_key if is_parting else None
    return Judged(shown.position, event.sender, thread_id, is_sent, notices.everyone, notices.by_user, parted)
