"""The end of a room: everybody is out, and nothing that was said, shown or kept in it is left.

Who was in it stays known without content, so that a device that was offline hears of the end; after
STUBS_KEPT_MS nothing is left at all.
"""

import asyncio
from collections.abc import Awaitable, Callable

from sottovoce.infra.db.model import Batch
from sottovoce.protocol.events import redact_event
from sottovoce.protocol.ids import RoomId, UserId

from ..model import MEMBER, RoomNotFound
from ..ports import ErasedRoom, ErasingStore
from .memory import Room
from .tools import Tools
from .writing import RoomWrite

STUBS_KEPT_MS = 90 * 86_400_000
SWEPT_EVERY_S = 3_600.0
AT_ONCE = 200
"""How many events are written in one batch: others write in between."""
_PRESENT = ("join", "invite", "knock")

Eraser = Callable[[RoomId, int], Awaitable[None]]
"""Removes what another domain has of a room, by its id and its key; may be asked again for the same room."""


class Erasing:
    """Ends rooms. Other domains add their `erasers`."""

    def __init__(self, tools: Tools, store: ErasingStore) -> None:
        self._tools = tools
        self._store = store
        self.erasers: list[Eraser] = []

    async def erase_room(self, room_id: RoomId) -> None:
        """Everybody has left the room and nothing of its content is anywhere; devices still hear that it ended.

        May be repeated, after a crash in the middle too. Raises RoomNotFound.
        """
        room = await self._locked(room_id)
        try:
            await self._send_everybody_out(room)
            await self._erase_elsewhere(room)
            await self._remove_content(room)
            self._tools.memory.drop_room(room)
            self._tools.memory.drop_events_of(room_id)
        finally:
            room.lock.release()
        await self._erase_elsewhere(room)  # whatever came while the room was still there

    async def sweep(self) -> None:
        """Of rooms that ended long ago nothing is left, nor of redacted events that were kept long enough."""
        if self._tools.retention is not None:
            await self._tools.retention.sweep(self._tools.database)
        for erased in await self._store.list_erased(self._tools.clock.now_ms() - STUBS_KEPT_MS, AT_ONCE):
            await self._remove_stub(erased)

    async def sweep_for_ever(self) -> None:
        """Sweeps from time to time."""
        while True:
            await self.sweep()
            await asyncio.sleep(SWEPT_EVERY_S)

    async def _locked(self, room_id: RoomId) -> Room:
        room = await self._tools.memory.locked(room_id)
        if room is None:
            raise RoomNotFound
        return room

    async def _send_everybody_out(self, room: Room) -> None:
        people = [person for person, what in room.memberships.items() if what in _PRESENT]
        for start in range(0, len(people), AT_ONCE):
            write = RoomWrite(self._tools, room)
            for person in people[start : start + AT_ONCE]:
                await write.stage(person, MEMBER, {"membership": "leave"}, person)
            future = write.submit()
            if future is not None:
                await future

    async def _erase_elsewhere(self, room: Room) -> None:
        for erase in self.erasers:
            await erase(room.room_id, room.room_key)

    async def _remove_content(self, room: Room) -> None:
        last = 0
        while places := await self._store.list_staying(room.room_key, last, AT_ONCE):
            batch = Batch(lane=room.room_id)
            for placed in await self._tools.memory.events(places):
                self._store.empty_event(batch, placed.position, redact_event(placed.event, room.version).pdu)
            await self._tools.database.commit(batch)
            last = places[-1]
        batch = Batch(lane=room.room_id)
        self._store.remove_content(batch, room.room_key)
        if self._tools.retention is not None:
            self._tools.retention.forget_room(batch, room.room_key)
        self._store.add_erased(batch, room.room_key, self._tools.clock.now_ms())
        await self._tools.database.commit(batch)

    async def _remove_stub(self, erased: ErasedRoom) -> None:
        try:
            room = await self._locked(erased.room_id)
        except RoomNotFound:
            return
        try:
            batch = Batch(lane=erased.room_id)
            self._store.remove_all(batch, erased)
            await self._tools.database.commit(batch)
            self._tools.memory.drop_room(room)
            self._tools.memory.drop_events_of(erased.room_id)
            for person in room.memberships:
                self._tools.memory.drop_person(UserId(person))
        finally:
            room.lock.release()
