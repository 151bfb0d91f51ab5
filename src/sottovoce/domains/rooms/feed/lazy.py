"""Which members' events a device still needs, when it loads them lazily. Spec: client-server, Lazy-loading members."""

from collections import OrderedDict
from collections.abc import Iterable

from sottovoce.domains.changes.model import SyncAsk
from sottovoce.protocol.ids import DeviceId, UserId

from ..model import MEMBER, StateKey
from ..service import Room
from .stay import Window

MAX_REMEMBERED_DEVICES = 5_000
MAX_REMEMBERED_MEMBERS = 2_000
"""Per device; one that was told of more is told again, which the spec allows."""

_Told = dict[tuple[int, StateKey], tuple[int, int]]
"""For each member of a room the place of the event that was sent, and how far the answer with it reached."""


class SentMembers:
    """Remembers, within bounds, which membership events each device has been sent."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[UserId, DeviceId], _Told] = OrderedDict()

    def needed(self, ask: SyncAsk, room: Room, window: Window, named: Iterable[UserId]) -> list[int]:
        """The places of the state events to send beside a timeline, ascending.

        named: the people the room is called after, who are needed too.
        """
        wanted = ask.filter.room.state
        if not wanted.lazy_load_members:
            return sorted(window.state.values())
        needed = {(MEMBER, placed.event.sender) for placed, _ in window.timeline} | {(MEMBER, user) for user in named}
        if window.is_whole:
            needed.add((MEMBER, ask.user_id))
        shown = {(MEMBER, placed.event.state_key) for placed, _ in window.timeline if placed.event.type == MEMBER}
        # Whoever came, left or changed in a gap is told of too.
        is_gap = window.is_limited and not window.is_whole
        places = {key: place for key, place in window.state.items() if is_gap or key[0] != MEMBER or key in needed}
        for key in needed - shown - places.keys():
            entry = room.state.get(key)
            if entry is not None and entry.position <= ask.now.log:
                places[key] = entry.position
        if wanted.include_redundant_members:
            return sorted(places.values())
        return sorted(self._untold(ask, room, places))

    def _untold(self, ask: SyncAsk, room: Room, places: dict[StateKey, int]) -> list[int]:
        """Those that no answer held which the device has shown, by asking on from its end, to have received."""
        told = self._told_to(ask)
        received = -1 if ask.since is None else ask.since.log
        needed = []
        for key, place in places.items():
            if key[0] != MEMBER:
                needed.append(place)
                continue
            told_place, reached = told.get((room.room_key, key), (0, 0))
            if told_place != place or reached > received:
                needed.append(place)
                told[room.room_key, key] = (place, ask.now.log)
        return needed

    def _told_to(self, ask: SyncAsk) -> _Told:
        device = (ask.user_id, ask.device_id)
        told = self._told.setdefault(device, {})
        self._told.move_to_end(device)
        if len(told) > MAX_REMEMBERED_MEMBERS:
            told.clear()
        if len(self._told) > MAX_REMEMBERED_DEVICES:
            self._told.popitem(last=False)
        return told
