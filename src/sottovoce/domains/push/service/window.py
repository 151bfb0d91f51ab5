"""The newest events of a room, judged: once for everybody in it, and apart for those whose own rules matter there."""

from collections import OrderedDict
from collections.abc import Sequence

from sottovoce.domains.rooms.model import Standing
from sottovoce.protocol.ids import RoomId, UserId

from ..model import COUNTED_EVENTS_MAX, Judged

SPARE_EVENTS_MAX = COUNTED_EVENTS_MAX
"""How many events that no longer count a window keeps, for tallies to take away, before it drops half of them."""
WINDOWS_EVENTS_MAX = 200_000
"""How many judged events are kept, of all rooms together; rooms longest unasked are forgotten first."""


WindowKey = tuple[RoomId, UserId | None, int]
"""A room; for whom it was judged, None for everybody; and the position of the rules that were judged by."""


class Window:
    """Judged events of one room: all those in (after, until].

    Events have numbers that do not change while the window lives, so that a tally knows what it has counted. More than
    COUNTED_EVENTS_MAX are kept for a while, so that tallies learn what fell out. serial: no two windows share one.
    standing: what all of them were judged by.
    """

    __slots__ = ("_events", "_first", "after", "serial", "standing", "until")

    def __init__(self, serial: int, events: Sequence[Judged], standing: Standing, after: int, until: int) -> None:
        self.serial = serial
        self.standing = standing
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
        self._windows: OrderedDict[WindowKey, Window] = OrderedDict()
        self._size = 0
        self._serial = 0

    def find(self, key: WindowKey) -> Window | None:
        window = self._windows.get(key)
        if window is not None:
            self._windows.move_to_end(key)
        return window

    def begin(self, key: WindowKey, events: Sequence[Judged], standing: Standing, after: int, until: int) -> None:
        """The room has a window that holds these."""
        self.drop(key)
        self._serial += 1
        self._windows[key] = Window(self._serial, events, standing, after, until)
        self.grew(len(events))

    def drop(self, key: WindowKey) -> None:
        window = self._windows.pop(key, None)
        if window is not None:
            self._size -= len(window)

    def grew(self, by: int) -> None:
        """A window now holds so many events more (or fewer) than before."""
        self._size += by
        while self._size > WINDOWS_EVENTS_MAX and len(self._windows) > 1:
            self.drop(next(iter(self._windows)))
