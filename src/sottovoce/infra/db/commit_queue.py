"""The order of writes, and what follows from a group's commit or failure. The same for both engines.

While one group is being committed, new batches wait; when it is done they leave together as the next group. So a
quiet server commits each batch at once, and a busy one pays for one fsync per group.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import structlog

from sottovoce.infra.db.model import Batch, OnCommit, OnGroup, WriteFailed

MAX_GROUP_BATCHES = 512
MAX_WAITING_BATCHES = 50_000

Outcome = WriteFailed | None
"""None: committed."""

GroupDone = Callable[[Sequence[Outcome]], None]
GroupRunner = Callable[[list[Batch], GroupDone], None]
"""An engine's half: takes a group away and later, on the event loop, calls back with one outcome per batch."""

_log = structlog.get_logger()


class _Entry(NamedTuple):
    batch: Batch
    future: asyncio.Future[None]


def announce_nothing(announcements: Sequence[object]) -> None:
    """The `on_commit` of a database nobody listens to."""


class CommitQueue:
    """Batches in the order they were submitted; one group at a time with the engine."""

    def __init__(self, run_group: GroupRunner) -> None:
        self.on_commit: OnCommit = announce_nothing
        self.on_group: OnGroup | None = None
        self._run_group = run_group
        self._waiting: deque[_Entry] = deque()
        self._group: list[_Entry] = []
        self._sent_at_s = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._is_busy = False

    def open(self) -> None:
        """Batches are accepted, on the running event loop."""
        self._loop = asyncio.get_running_loop()

    async def close(self) -> None:
        """No batch is accepted any more, and all that were have been decided."""
        self._loop = None
        await self._idle.wait()

    def submit(self, batch: Batch) -> asyncio.Future[None]:
        """Give the batch its place; it leaves at the end of this turn of the loop, or after the group under way."""
        if self._loop is None:
            raise WriteFailed("the database is closed")
        for completion in batch.completions:
            completion(batch)
        entry = _Entry(batch, self._loop.create_future())
        if len(self._waiting) >= MAX_WAITING_BATCHES:
            _fail([(entry, WriteFailed("too many writes are waiting"))])
            return entry.future
        self._waiting.append(entry)
        if not self._is_busy:
            self._is_busy = True
            self._idle.clear()
            self._loop.call_soon(self._send_group)
        return entry.future

    def _send_group(self) -> None:
        waiting = self._waiting
        if not waiting:
            self._is_busy = False
            self._idle.set()
            return
        self._group = [waiting.popleft() for _ in range(min(len(waiting), MAX_GROUP_BATCHES))]
        if self.on_group is not None:
            self._sent_at_s = asyncio.get_running_loop().time()
        self._run_group([entry.batch for entry in self._group], self._finish_group)

    def _finish_group(self, outcomes: Sequence[Outcome]) -> None:
        decided = list(zip(self._group, outcomes, strict=True))
        self._group = []  # what was written is not kept until something else is
        committed = [entry for entry, outcome in decided if outcome is None]
        failed = [(entry, outcome) for entry, outcome in decided if outcome is not None]
        if failed:
            self._fail_with_those_behind(failed)
        for entry in committed:
            _tell(entry.batch, entry.batch.on_committed)
        self._announce(committed)
        if self.on_group is not None:
            self.on_group(len(decided), asyncio.get_running_loop().time() - self._sent_at_s)
        for entry in committed:
            if not entry.future.done():
                entry.future.set_result(None)
        self._send_group()

    def _fail_with_those_behind(self, failed: list[tuple[_Entry, WriteFailed]]) -> None:
        lanes = {entry.batch.lane for entry, _ in failed if entry.batch.lane is not None}
        behind = [entry for entry in self._waiting if entry.batch.lane in lanes]
        if behind:
            self._waiting = deque(entry for entry in self._waiting if entry.batch.lane not in lanes)
        _fail([*failed, *((entry, overtaken()) for entry in behind)])

    def _announce(self, committed: list[_Entry]) -> None:
        announcements = [change for entry in committed for change in entry.batch.announcements]
        if not announcements:
            return
        try:
            self.on_commit(announcements)
        except Exception:  # noqa: BLE001 - the group is durable whatever its listener does: those who wait must learn it
            _log.exception("database.on_commit.failed", announcements=len(announcements))


def overtaken() -> WriteFailed:
    """The error of a batch whose lane broke before it."""
    return WriteFailed("an earlier write of the same lane failed")


def _fail(failed: list[tuple[_Entry, WriteFailed]]) -> None:
    for entry, _ in failed:
        _tell(entry.batch, entry.batch.on_failed)
    for entry, error in failed:
        if not entry.future.done():
            entry.future.set_exception(error)


def _tell(batch: Batch, told: Callable[[], None] | None) -> None:
    if told is None:
        return
    try:
        told()
    except Exception:  # noqa: BLE001 - one owner's clean-up must not keep the others from theirs
        _log.exception("database.owner_not_told", lane=batch.lane)
