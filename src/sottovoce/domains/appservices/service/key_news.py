"""What the devices of an app service's users need to encrypt: whose devices changed, and how many keys they have left.

Only those of its users count that have published keys, which are few: bridges do it for one. Proposal: MSC3202.
"""

from collections.abc import Iterable, Sequence

import msgspec

from sottovoce.domains.changes.model import Change
from sottovoce.domains.keys.model import DEVICE_LISTS, KEY_COUNTS
from sottovoce.protocol.ids import UserId

from ..ports import KeysOfDevices, ListsOfDevices, RoomsOfPeople
from .interest import Interest

_PREFIX = "org.matrix.msc3202."
_COUNTED = "signed_curve25519"
"""What is told of a device that has none left, for which the store counts nothing."""

_encode = msgspec.json.encode


class KeyNews:
    """Implements delivery.Extra for one app service."""

    streams: Sequence[str] = (DEVICE_LISTS, KEY_COUNTS, "to_device")
    is_behind = False

    def __init__(self, interest: Interest, keys: KeysOfDevices, lists: ListsOfDevices, rooms: RoomsOfPeople) -> None:
        self._interest = interest
        self._keys = keys
        self._lists = lists
        self._rooms = rooms
        self._watching: set[UserId] = set()
        """Who may have to hear of others' devices."""
        self._counting: set[UserId] = set()
        """Whose devices may have fewer keys than was told."""
        self._newest = 0

    async def begin(self, until: int) -> None:
        self._newest = until
        mine = {user_id for user_id in await self._keys.owners() if self._interest.is_mine(user_id)}
        self._watching, self._counting = set(mine), set(mine)

    def changed(self, change: Change) -> None:
        mine = filter(self._interest.is_mine, change.audience)
        if change.stream == DEVICE_LISTS:
            self._newest = change.position
            self._watching.update(mine)
        else:
            # A message to a device often begins with one of its keys.
            self._counting.update(mine)

    async def collect(self, after: int, until: int, *, is_again: bool) -> dict[str, bytes]:
        fields = await self._device_lists(after, until)
        if not is_again:
            fields |= await self._counts()
        return fields

    def taken(self) -> None:
        """Lists follow from positions, counts from what is there: nothing has to be put away."""

    async def _device_lists(self, after: int, until: int) -> dict[str, bytes]:
        watching = self._watching
        if not watching:
            return {}
        self._watching = set() if until >= self._newest else set(watching)
        owners = {target.user_id for target in await self._keys.with_keys(watching)}
        changed: set[UserId] = set()
        left: set[UserId] = set()
        for user_id in sorted(owners):
            lists = await self._lists.between(user_id, after, until, None, True)
            changed |= lists.changed
            left |= lists.left
        left -= changed
        if left:
            left -= await self._still_known(left)
        if not changed and not left:
            return {}
        return {f"{_PREFIX}device_lists": _encode({"changed": sorted(changed), "left": sorted(left)})}

    async def _counts(self) -> dict[str, bytes]:
        counting, self._counting = self._counting, set()
        if not counting:
            return {}
        counts: dict[str, dict[str, dict[str, int]]] = {}
        unused: dict[str, dict[str, list[str]]] = {}
        for target in await self._keys.with_keys(counting):
            left = await self._keys.counts_of(target)
            counts.setdefault(target.user_id, {})[target.device_id] = left.one_time or {_COUNTED: 0}
            unused.setdefault(target.user_id, {})[target.device_id] = left.unused_fallback
        if not counts:
            return {}
        return {
            f"{_PREFIX}device_one_time_keys_count": _encode(counts),
            f"{_PREFIX}device_unused_fallback_key_types": _encode(unused),
        }

    async def _still_known(self, people: Iterable[UserId]) -> set[UserId]:
        """Those of the people whom another of the users with keys still shares a room with."""
        owners = {user_id for user_id in await self._keys.owners() if self._interest.is_mine(user_id)}
        known = set()
        for person in people:
            rooms = await self._rooms.rooms_of(person)
            for owner in owners:
                if not rooms.isdisjoint(await self._rooms.rooms_of(owner)):
                    known.add(person)
        return known
