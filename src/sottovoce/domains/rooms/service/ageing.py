"""Old messages go, where whoever runs the server wants it so; the state of their rooms stays."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import RoomId

from ..model import RoomNotFound, TimelineEvent
from ..ports import AgeingStore, CatalogueStore
from .memory import Room
from .tools import Tools

AT_ONCE = 200
"""How many messages go in one batch: others write in between."""
SWEPT_EVERY_S = 3_600.0

Forgetter = Callable[[Sequence[int]], Awaitable[None]]
"""Removes what another domain has of the events at these positions; asked before they go."""


class Ageing:
    """Removes messages by their age. keep_ms: how long they are kept; None: for ever."""

    def __init__(self, tools: Tools, store: AgeingStore, rooms: CatalogueStore, keep_ms: int | None) -> None:
        self._tools = tools
        self._store = store
        self._rooms = rooms
        self._keep_ms = keep_ms
        self.forgetters: list[Forgetter] = []

    async def forget_before(self, room_id: RoomId, before_ms: int) -> int:
        """Messages sent before this time are nowhere any more; how many they were. Raises RoomNotFound.

        A room's newest event always stays, for the next one is tied to it.
        """
        room = await self._tools.memory.room(room_id)
        if room is None:
            raise RoomNotFound
        last = count = 0
        while old := await self._oldest(room, last, before_ms):
            positions = [placed.position for placed in old]
            await self._remove(room, positions)
            last, count = positions[-1], count + len(positions)
        if count:
            await self._read_again(room_id)
        return count

    async def sweep(self) -> None:
        """No message is older than it may become."""
        if self._keep_ms is None:
            return
        after = ""
        while room_ids := await self._rooms.list_room_ids(after, AT_ONCE):
            for room_id in room_ids:
                await self.forget_before(room_id, self._tools.clock.now_ms() - self._keep_ms)
            after = room_ids[-1]

    async def sweep_for_ever(self) -> None:
        """Sweeps from time to time."""
        while True:
            await self.sweep()
            await asyncio.sleep(SWEPT_EVERY_S)

    async def _oldest(self, room: Room, after: int, before_ms: int) -> list[TimelineEvent]:
        """The next few messages after this position, up to the first that is young enough."""
        places = await self._store.list_messages(room.room_key, after, AT_ONCE)
        old = []
        for placed in await self._tools.store.list_events(places):
            if placed.event.origin_server_ts >= before_ms or placed.position == room.tail[-1]:
                break
            old.append(placed)
        return old

    async def _remove(self, room: Room, positions: Sequence[int]) -> None:
        for forget in self.forgetters:
            await forget(positions)
        batch = Batch(lane=room.room_id)
        self._store.remove_messages(batch, positions)
        self._store.remove_relations(batch, room.room_key, positions[-1])
        await self._tools.database.commit(batch)
        for position in positions:
            self._tools.memory.drop_event(position)

    async def _read_again(self, room_id: RoomId) -> None:
        """Nothing in memory counts on what is gone."""
        room = await self._tools.memory.room(room_id)
        if room is not None:
            async with room.lock:
                self._tools.memory.drop_room(room)
