"""Spaces: the tree of rooms below one, as somebody may see it. Spec: client-server, Spaces."""

from typing import NamedTuple

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import RoomId, UserId

from ..model import CREATE, HierarchyPage, InvalidParam, NotInRoom, SpaceRoom, TimelineEvent
from ..rules import space_children
from .memory import Room
from .summaries import Summaries

MAX_DEPTH = 50
MAX_PAGE_ROOMS = 100
MAX_LOOKED_AT_ROOMS = 2_000
"""How many rooms of one tree are looked at, those the asker may not know of included."""
MAX_CHILDREN = 1_000
"""Per space, the first in its order; others are as if they were not in it."""
_HIERARCHY = "hierarchy"
_CHILD = "m.space.child"


class _Walk(NamedTuple):
    """What a walk is asked for; the same on all its pages."""

    max_depth: int
    suggested_only: bool


class Spaces(Summaries):
    """Walks trees of rooms."""

    async def hierarchy(
        self, user_id: UserId, room_id: RoomId, walk: tuple[int | None, bool], limit: int, start: str | None
    ) -> HierarchyPage:
        """A page of the rooms below this one that the person may know of, each before those below it.

        walk: how deep at most, and whether only suggested rooms count. Raises NotInRoom (or no such room),
        InvalidParam (a foreign token, or one given for another question).
        Spec: client-server, GET /rooms/{roomId}/hierarchy.
        """
        depth, suggested_only = walk
        asked = _Walk(MAX_DEPTH if depth is None else min(depth, MAX_DEPTH), suggested_only)
        room = await self.memory.room(room_id)
        if room is None or not await self.may_know_of(room, user_id):
            raise NotInRoom
        limit = min(limit, MAX_PAGE_ROOMS)
        skipped = 0 if start is None else self._opened(user_id, room_id, start, asked)
        found = await self._walk(room, user_id, asked, skipped + limit + 1)
        rooms = [await self._space_room(*each) for each in found[skipped : skipped + limit]]
        has_more = len(found) > skipped + limit
        return HierarchyPage(rooms, self._sealed(user_id, room_id, skipped + limit, asked) if has_more else None)

    async def _walk(
        self, root: Room, user_id: UserId, asked: _Walk, wanted: int
    ) -> list[tuple[Room, list[TimelineEvent]]]:
        """The first so many rooms of the tree that the person may know of, with their children's events."""
        found: list[tuple[Room, list[TimelineEvent]]] = []
        looked_at: set[RoomId] = set()
        waiting = [(root.room_id, 0)]
        while waiting and len(found) < wanted and len(looked_at) < MAX_LOOKED_AT_ROOMS:
            room_id, depth = waiting.pop()
            if room_id in looked_at:
                continue
            looked_at.add(room_id)
            room = await self.memory.room(room_id)
            if room is None or not await self.may_know_of(room, user_id):
                continue
            children = await self._children(room, asked.suggested_only)
            found.append((room, children))
            if depth < asked.max_depth:
                waiting += [(RoomId(child.event.state_key or ""), depth + 1) for child in reversed(children)]
        return found

    async def _children(self, room: Room, suggested_only: bool) -> list[TimelineEvent]:
        create = await self.memory.state_event(room, CREATE)
        if create is None or create.content.get("type") != "m.space":
            return []
        places = sorted(entry.position for key, entry in room.state.items() if key[0] == _CHILD)
        return space_children(await self.memory.events(places), suggested_only)[:MAX_CHILDREN]

    async def _space_room(self, room: Room, children: list[TimelineEvent]) -> SpaceRoom:
        return SpaceRoom(await self.summary_of(room), [placed.event for placed in children])

    def _sealed(self, user_id: UserId, room_id: RoomId, skipped: int, asked: _Walk) -> str:
        numbers = (skipped, asked.max_depth, int(asked.suggested_only))
        return self._around.sealer.seal(_HIERARCHY, user_id + room_id, numbers)

    def _opened(self, user_id: UserId, room_id: RoomId, token: str, asked: _Walk) -> int:
        try:
            skipped, *rest = self._around.sealer.open(_HIERARCHY, user_id + room_id, token)
        except (Malformed, ValueError) as cause:
            raise InvalidParam("from is no token of this tree") from cause
        if rest != [asked.max_depth, int(asked.suggested_only)]:
            raise InvalidParam("max_depth and suggested_only stay the same from page to page")
        return skipped
