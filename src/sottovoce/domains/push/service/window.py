"""The newest events of a room, judged once for everybody in it."""

from collections import OrderedDict
from collections.abc import Sequence

from sottovoce.protocol.ids import RoomId

from ..model import COUNTED_EVENTS_MAX, Judged

SPARE_EVENTS_MAX = COUNTED_EVENTS_MAX
"""How many events that no longer count a window keeps, for tallies to take away, before it drops half of them."""
WINDOWS_EVENTS_MAX = 200_000
"""How many judged events are kept, of all rooms together; rooms longest unasked are forgotten first."""


class Window:
    """Judged events of one room: all those in (after, until].

    Events have numbers that do not change while the window lives, so that a tally knows what it has counted. More than
    COUNTED_EVENTS_MAX are kept for a while, so that tallies learn what fell out. serial: no two windows share one.
    """

    __slots__ = ("_events", "_first", "after", "serial", "until")

    def __init__(self, serial: int, events: Sequence[Judged], after: int, until: int) -> None:
        self.serial = serial
        self._events = list(events)
        self._first = 0
        self.after = after
        self.until = until

    def __len__(self) -> int:
        return len(self._events)

    @property
    def end(self) -> int:
        """The number after that of the newest event."""
        return self._first + len(self._events)

    @property
    def start(self) -> int:
        """The number of the oldest event that counts."""
        return max(self._first, self.end - COUNTED_EVENTS_MAX)

    @property
    def oldest(self) -> int:
        """The number of the oldest event that is kept."""
        return self._first

    def reaches(self, position: int) -> bool:
        """Whether everything that counts after this position is here."""
        return self.after <= position or len(self._events) >= COUNTED_EVENTS_MAX

    def numbered(self, start: int, end: int) -> list[Judged]:
        """The events with numbers in [start, end), all of which must be kept."""
        return self._events[start - self._first : end - self._first]

    def append(self, events: Sequence[Judged], until: int) -> None:
        """These are all events in (self.until, until]."""
        self._events += events
        self.until = until
        if len(self._events) > COUNTED_EVENTS_MAX + SPARE_EVENTS_MAX:
            dropped = len(self._events) - COUNTED_EVENTS_MAX - SPARE_EVENTS_MAX // 2
            self.after = self._events[dropped - 1].position
            del self._events[:dropped]
            self._first += dropped

    def prepend(self, events: Sequence[Judged], after: int) -> None:
        """These are all events in (after, self.after], or as many of the newest of them as ever count."""
        self._events[:0] = events
        self._first -= len(events)
        self.after = after


class Windows:
    """The windows of the rooms last asked about."""

    def __init__(self) -> None:
        self._windows: OrderedDict[RoomId, Window] = OrderedDict()
        self._size = 0
        self._serial = 0

    def find(self, room_id: RoomId) -> Window | None:
        window = self._windows.get(room_id)
        if window is not None:
            self._windows.move_to_end(room_id)
        return window

    def begin(self, room_id: RoomId, events: Sequence[Judged], after: int, until: int) -> None:
        """The room has a window that holds these."""
        self.drop(room_id)
        self._serial += 1
        self._windows[room_id] = Window(self._serial, events, after, until)
        self.grew(len(events))

    def drop(self, room_id: RoomId) -> None:
        window = self._windows.pop(room_id, None)
        if window is not None:
            self._size -= len(window)

    def grew(self, by: int) -> None:
        """A window now holds so many events more (or fewer) than before."""
        self._size += by
        while self._size > WINDOWS_EVENTS_MAX and len(self._windows) > 1:
            self.drop(next(iter(self._windows)))
