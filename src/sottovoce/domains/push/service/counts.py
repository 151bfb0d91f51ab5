"""How much is unread.

Nothing is written when a message is sent: its event is judged once, when the first of the room's people asks, and each
person's tally goes on from where it was.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from sottovoce.domains.changes.service import Changes
from sottovoce.domains.receipts.model import ReadMarks
from sottovoce.protocol.ids import RoomId, UserId

from ..model import COUNTED_EVENTS_MAX, Floors
from ..ports import Readings, Timelines
from ..rules import Tally
from .judging import Judge
from .window import Window, Windows

TALLIES_MAX = 20_000
"""How many pairs of a person and a room are counted on from where they were; the others are counted afresh."""


class _Counted:
    """A tally, and which events of which window it has counted."""

    __slots__ = ("end", "serial", "start", "tally")

    def __init__(self, tally: Tally, window: Window) -> None:
        self.tally = tally
        self.serial = window.serial
        self.start, self.end = window.start, window.end
        tally.add(window.numbered(self.start, self.end))

    def can_go_on(self, window: Window, marks: ReadMarks) -> bool:
        """Whether the window still holds all that came into it and fell out of it since."""
        is_same = self.serial == window.serial and self.tally.floors.marks is marks
        return is_same and self.start >= window.oldest and window.start <= self.end

    def go_on(self, window: Window) -> None:
        start, end = window.start, window.end
        self.tally.add(window.numbered(self.end, end))
        if start > self.start:
            self.tally.remove(window.numbered(self.start, start))
        self.start, self.end = start, end


class UnreadCounts:
    """What is unread for whom, computed when asked."""

    def __init__(self, rooms: Timelines, receipts: Readings, changes: Changes) -> None:
        self._rooms = rooms
        self._receipts = receipts
        self._changes = changes
        self._judge = Judge(rooms, receipts)
        self._windows = Windows()
        self._counted: OrderedDict[tuple[UserId, RoomId], _Counted] = OrderedDict()

    async def read_marks(self, user_id: UserId, room_ids: Iterable[RoomId]) -> Mapping[RoomId, ReadMarks]:
        """How far the person has read in each of these rooms."""
        return await self._receipts.read_marks(user_id, room_ids)

    async def count(
        self, user_id: UserId, room_ids: Iterable[RoomId], until: int, arrived: AbstractSet[RoomId]
    ) -> dict[RoomId, Tally]:
        """What is unread in each of these rooms, in which the person must be; everything up to `until` is counted.

        arrived: those of the rooms into which the person may have come since this was last asked.
        Only the room's newest COUNTED_EVENTS_MAX events count. Spec: client-server, Receiving notifications.
        """
        marks = await self._receipts.read_marks(user_id, room_ids)
        tallies = {}
        unsure = []
        for room_id, mark in marks.items():
            known, window = self._counted.get((user_id, room_id)), self._windows.find(room_id)
            if known is None or window is None or window.until < until or room_id in arrived:
                unsure.append(room_id)
            elif known.can_go_on(window, mark):
                known.go_on(window)
                tallies[room_id] = known.tally
            else:
                unsure.append(room_id)
        if unsure:
            joined = await self._rooms.joined_since(user_id, unsure)
            for room_id in unsure:
                floors = Floors(marks[room_id], joined.get(room_id, 0))
                tallies[room_id] = await self._count(user_id, room_id, floors, until)
        return tallies

    async def _count(self, user_id: UserId, room_id: RoomId, floors: Floors, until: int) -> Tally:
        window = await self._window(room_id, floors.whole, until)
        known = self._counted.get((user_id, room_id))
        is_same_stay = known is not None and known.tally.floors.joined_at == floors.joined_at
        if known is not None and is_same_stay and known.can_go_on(window, floors.marks):
            known.go_on(window)
        else:
            known = self._counted[user_id, room_id] = _Counted(Tally(user_id, floors), window)
        self._counted.move_to_end((user_id, room_id))
        if len(self._counted) > TALLIES_MAX:
            self._counted.popitem(last=False)
        return known.tally

    async def _window(self, room_id: RoomId, floor: int, until: int) -> Window:
        """The room's window, reaching from `until` or later back to the floor."""
        while True:
            window = self._windows.find(room_id)
            if window is None:
                await self._begin(room_id, floor)
            elif window.until < until:
                await self._extend(room_id, window)
            elif not window.reaches(floor):
                await self._deepen(room_id, window, floor)
            else:
                return window

    async def _begin(self, room_id: RoomId, floor: int) -> None:
        now = self._changes.now.log
        events = await self._rooms.events_after(room_id, floor, COUNTED_EVENTS_MAX)
        judged = await self._judge.judge(room_id, events)
        if self._windows.find(room_id) is None:
            until = max(now, judged[-1].position) if judged else now
            after = judged[0].position - 1 if len(judged) == COUNTED_EVENTS_MAX else floor
            self._windows.begin(room_id, judged, after, until)

    async def _extend(self, room_id: RoomId, window: Window) -> None:
        known_until, now = window.until, self._changes.now.log
        events = await self._rooms.events_after(room_id, known_until, COUNTED_EVENTS_MAX)
        is_broken = len(events) == COUNTED_EVENTS_MAX or await self._judge.takes_back(room_id, events, window.after)
        judged = await self._judge.judge(room_id, events)
        if self._windows.find(room_id) is not window or window.until != known_until:
            return
        if is_broken:
            self._windows.drop(room_id)
            return
        before = len(window)
        window.append(judged, max(now, judged[-1].position) if judged else now)
        self._windows.grew(len(window) - before)

    async def _deepen(self, room_id: RoomId, window: Window, floor: int) -> None:
        known_after = window.after
        events = await self._rooms.events_after(room_id, floor, COUNTED_EVENTS_MAX)
        if events and events[-1].position > window.until:
            await self._extend(room_id, window)
            return
        older = [shown for shown in events if shown.position <= known_after]
        judged = await self._judge.judge(room_id, older)
        if self._windows.find(room_id) is not window or window.after != known_after:
            return
        is_all = len(events) < COUNTED_EVENTS_MAX
        window.prepend(judged, floor if is_all else events[0].position - 1)
        self._windows.grew(len(judged))
