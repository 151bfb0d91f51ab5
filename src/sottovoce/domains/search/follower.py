"""Keeps the index up to date: reads on in the log of events from where it stopped, also in an earlier run."""

import asyncio

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database

from .model import Entry
from .ports import EventLog, SearchIndex
from .rules import INDEXED_TYPES, indexed, words_of

GATHER_S = 0.5
"""How long news is gathered before it is indexed, so that a quiet server does not commit twice for each message."""
INDEXED_AT_ONCE_EVENTS = 500
_REDACTION = "m.room.redaction"


class SearchFollower:
    """Follows the stream of rooms, in the background."""

    def __init__(self, index: SearchIndex, log: EventLog, database: Database, changes: Changes) -> None:
        self._index = index
        self._log = log
        self._database = database
        self._changes = changes
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()

    def changed(self, change: Change) -> None:
        """What was written will soon be found."""
        self._news.set()

    async def follow_for_ever(self) -> None:
        """Never returns: everything is indexed soon after it happened. To be kept running by infra's tasks.

        It begins with what earlier runs, or an attempt that failed, left undone.
        """
        self._news.set()
        while True:
            await self._news.wait()
            await asyncio.sleep(GATHER_S)
            self._news.clear()
            await self.catch_up()

    async def catch_up(self) -> None:
        """Everything that is committed is indexed."""
        async with self._turn:
            cursor = await self._index.find_cursor()
            while cursor < self._changes.now.log:
                cursor = await self._step(cursor)

    async def clear(self) -> None:
        """The index is empty."""
        if await self._index.find_cursor():
            batch = Batch()
            self._index.clear(batch)
            await self._database.commit(batch)

    async def _step(self, cursor: int) -> int:
        """The next events are indexed, with how far that is; done again it would do nothing twice."""
        until = self._changes.now.log
        events = await self._log.log_of((*INDEXED_TYPES, _REDACTION), cursor, until, INDEXED_AT_ONCE_EVENTS)
        if len(events) == INDEXED_AT_ONCE_EVENTS:
            until = events[-1][1].position
        batch = Batch()
        for room_key, placed in events:
            event = placed.event
            if event.type == _REDACTION:
                place = None if event.redacts is None else await self._log.place_of(event.redacts)
                if place is not None and place[0] == room_key:
                    self._index.remove(batch, place[1])
            elif (found := indexed(event)) is not None and (words := words_of(found[1])):
                self._index.add(batch, Entry(placed.position, room_key, found[0], words))
        self._index.set_cursor(batch, until)
        await self._database.commit(batch)
        return until
