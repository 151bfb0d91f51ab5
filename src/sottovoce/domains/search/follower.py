"""Keeps the index up to date: reads on in the log of events from where it stopped, also in an earlier run."""

import asyncio

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.tasks import Tasks

from .model import Entry
from .ports import EventLog, SearchIndex
from .rules import INDEXED_TYPES, indexed, words_of

GATHER_S = 0.5
"""How long news is gathered before it is indexed, so that a quiet server does not commit twice for each message."""
INDEXED_AT_ONCE_EVENTS = 500
_REDACTION = "m.room.redaction"


class SearchFollower:
    """Follows the stream of rooms, in the background."""

    def __init__(self, index: SearchIndex, log: EventLog, database: Database, changes: Changes, tasks: Tasks) -> None:
        self._index = index
        self._log = log
        self._database = database
        self._changes = changes
        self._tasks = tasks
        self._is_following = False

    def begin(self) -> None:
        """What was not indexed in earlier runs soon will be."""
        self._follow()

    def changed(self, change: Change) -> None:
        """What was written will soon be found."""
        self._follow()

    async def clear(self) -> None:
        """The index is empty."""
        if await self._index.find_cursor():
            batch = Batch()
            self._index.clear(batch)
            await self._database.commit(batch)

    def _follow(self) -> None:
        if not self._is_following:
            self._is_following = True
            self._tasks.start("search.index", self._catch_up())

    async def _catch_up(self) -> None:
        try:
            await asyncio.sleep(GATHER_S)
            cursor = await self._index.find_cursor()
            while cursor < self._changes.now.log and not self._changes.is_closing:
                cursor = await self._step(cursor)
        finally:
            self._is_following = False

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
