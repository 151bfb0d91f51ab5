"""How much is unread.

Nothing is written when a message is sent: its event is judged once, when the first of the room's people asks, and each
person's tally goes on from where it was. Where somebody's own push rules matter, it is judged for them apart.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sottovoce.domains.changes.service import Changes
from sottovoce.domains.receipts.model import ReadMarks
from sottovoce.protocol.ids import RoomId, UserId

from ..model import COUNTED_EVENTS_MAX, Floors, Judged
from ..ports import Preferences, Readings, Timelines
from ..rules import Tally
from .judging import Judge, OwnView, is_same_standing
from .push_rules import KnownRules, PushRules
from .window import Window, WindowKey, Windows

TALLIES_MAX = 20_000
"""How many pairs of a person and a room are counted on from where they were; the others are counted afresh."""
READ_TOGETHER_ROOMS = 50
"""How many rooms' newest events are read at once: few enough that they stay in memory until they are judged."""


class _Counted:
    """A tally, and which events of which window it has counted."""

    __slots__ = ("end", "serial", "start", "tally")

    def __init__(self, tally: Tally, window: Window) -> None:
        self.tally = tally
        self.serial = window.serial
        self.start, self.end = window.start, window.end
        tally.add(window.numbered(self.start, self.end))

    def can_go_on(self, window: Window) -> bool:
        """Whether the window still holds all that came into it and fell out of it since, and the person stayed."""
        if self.serial != window.serial or self.start < window.oldest or window.start > self.end:
            return False
        return all(judged.parted != self.tally.user_id for judged in window.numbered(self.end, window.end))

    def go_on(self, window: Window) -> None:
        start, end = window.start, window.end
        self.tally.add(window.numbered(self.end, end))
        if start > self.start:
            self.tally.remove(window.numbered(self.start, start))
        self.start, self.end = start, end


class UnreadCounts:
    """What is unread for whom, computed when asked."""

    def __init__(
        self, rooms: Timelines, receipts: Readings, rules: PushRules, preferences: Preferences, changes: Changes
    ) -> None:
        self._rooms = rooms
        self._receipts = receipts
        self._rules = rules
        self._preferences = preferences
        self._changes = changes
        self._judge = Judge(rooms, receipts)
        self._windows = Windows()
        self._counted: OrderedDict[tuple[UserId, RoomId], _Counted] = OrderedDict()

    async def read_marks(self, user_id: UserId, room_ids: Iterable[RoomId]) -> Mapping[RoomId, ReadMarks]:
        """How far the person has read in each of these rooms."""
        return await self._receipts.read_marks(user_id, room_ids)

    async def count(self, user_id: UserId, room_ids: Iterable[RoomId], until: int) -> dict[RoomId, Tally]:
        """What is unread in each of these rooms, in which the person must be; everything up to `until` is counted.

        It is what their push rules of now make of the room's newest COUNTED_EVENTS_MAX events.
        Spec: client-server, Receiving notifications.
        """
        marks = await self._receipts.read_marks(user_id, room_ids)
        person = _Person(user_id, await self._rules.known(user_id), await self._preferences.ignored_by(user_id))
        tallies = {}
        unsure = []
        for room_id, mark in marks.items():
            tally = await self._gone_on(person, room_id, mark, until)
            if tally is None:
                unsure.append(room_id)
            else:
                tallies[room_id] = tally
        if unsure:
            joined = await self._rooms.joined_since(user_id, unsure)
            floors = {room_id: Floors(marks[room_id], joined.get(room_id, 0)) for room_id in unsure}
            for start in range(0, len(unsure), READ_TOGETHER_ROOMS):
                together = unsure[start : start + READ_TOGETHER_ROOMS]
                await self._read_ahead(person, {room_id: floors[room_id].whole for room_id in together})
                for room_id in together:
                    window = await self._window(person.place(room_id), floors[room_id].whole, until)
                    tallies[room_id] = self._afresh(person, room_id, floors[room_id], window)
        return tallies

    async def floors(self, user_id: UserId, room_id: RoomId) -> Floors:
        """Below what nothing is unread for this person in this room."""
        marks = await self._receipts.read_marks(user_id, (room_id,))
        joined = await self._rooms.joined_since(user_id, (room_id,))
        return Floors(marks[room_id], joined.get(room_id, 0))

    async def _read_ahead(self, person: "_Person", floors: Mapping[RoomId, int]) -> None:
        unknown = {}
        for room_id, floor in floors.items():
            window = self._windows.find(person.place(room_id).key)
            if window is None or not window.reaches(floor):
                unknown[room_id] = floor
        if len(unknown) > 1:
            await self._rooms.read_ahead(unknown, COUNTED_EVENTS_MAX)

    async def _gone_on(self, person: "_Person", room_id: RoomId, marks: ReadMarks, until: int) -> Tally | None:
        """The person's tally, brought up to `until`; None if there is none that can be."""
        place, name = person.place(room_id), (person.user_id, room_id)
        window = self._windows.find(place.key)
        if window is not None and window.until < until and name in self._counted:
            await self._extend(place, window)
            window = self._windows.find(place.key)
        known = self._counted.get(name)
        if window is None or known is None or window.until < until or not known.can_go_on(window):
            return None
        if known.tally.ignored != person.ignored:
            return None
        if known.tally.floors.marks is marks:
            known.go_on(window)
            return known.tally
        floors = Floors(marks, known.tally.floors.joined_at)
        return self._afresh(person, room_id, floors, window) if window.reaches(floors.whole) else None

    def _afresh(self, person: "_Person", room_id: RoomId, floors: Floors, window: Window) -> Tally:
        name = (person.user_id, room_id)
        counted = self._counted[name] = _Counted(Tally(person.user_id, floors, person.ignored), window)
        self._counted.move_to_end(name)
        if len(self._counted) > TALLIES_MAX:
            self._counted.popitem(last=False)
        return counted.tally

    async def _window(self, place: "_Place", floor: int, until: int) -> Window:
        """The room's window, reaching from `until` or later back to the floor."""
        while True:
            window = self._windows.find(place.key)
            if window is None:
                await self._begin(place, floor)
            elif window.until < until:
                await self._extend(place, window)
            elif not window.reaches(floor):
                await self._deepen(place, window, floor)
            else:
                return window

    async def _begin(self, place: "_Place", floor: int) -> None:
        now = self._changes.now.log
        events = await self._rooms.events_after(place.room_id, floor, COUNTED_EVENTS_MAX)
        standing = await self._judge.standing(place.room_id, place.own)
        judged = await self._judge.judge(events, place.own, standing)
        if self._windows.find(place.key) is None:
            until = max(now, judged[-1].position) if judged else now
            after = judged[0].position - 1 if len(judged) == COUNTED_EVENTS_MAX else floor
            self._windows.begin(place.key, judged, standing, after, until)

    async def _extend(self, place: "_Place", window: Window) -> None:
        known_until, now = window.until, self._changes.now.log
        events = await self._rooms.events_after(place.room_id, known_until, COUNTED_EVENTS_MAX)
        is_broken = len(events) == COUNTED_EVENTS_MAX
        judged: list[Judged] = []
        if events and not is_broken:
            standing = await self._judge.standing(place.room_id, place.own)
            is_broken = not is_same_standing(standing, window.standing, place.own)
            is_broken = is_broken or await self._judge.takes_back(place.room_id, events, window.after)
            judged = [] if is_broken else await self._judge.judge(events, place.own, window.standing)
        if self._windows.find(place.key) is not window or window.until != known_until:
            return
        if is_broken:
            self._windows.drop(place.key)
            return
        before = len(window)
        window.append(judged, max(now, judged[-1].position) if judged else now)
        self._windows.grew(len(window) - before)

    async def _deepen(self, place: "_Place", window: Window, floor: int) -> None:
        known_after = window.after
        events = await self._rooms.events_after(place.room_id, floor, COUNTED_EVENTS_MAX)
        if events and events[-1].position > window.until:
            await self._extend(place, window)
            return
        older = [shown for shown in events if shown.position <= known_after]
        judged = await self._judge.judge(older, place.own, window.standing)
        if self._windows.find(place.key) is not window or window.after != known_after:
            return
        is_all = len(events) < COUNTED_EVENTS_MAX
        window.prepend(judged, floor if is_all else events[0].position - 1)
        self._windows.grew(len(judged))


class _Place(NamedTuple):
    """A room, and for whom it is judged apart, if for anybody."""

    room_id: RoomId
    own: OwnView | None

    @property
    def key(self) -> WindowKey:
        own = self.own
        return (self.room_id, None, 0) if own is None else (self.room_id, own.user_id, own.rules.position)


class _Person(NamedTuple):
    """Somebody whose unread events are counted."""

    user_id: UserId
    rules: KnownRules
    ignored: frozenset[UserId]

    def place(self, room_id: RoomId) -> _Place:
        return _Place(room_id, OwnView(self.user_id, self.rules) if self.rules.scope.has(room_id) else None)
