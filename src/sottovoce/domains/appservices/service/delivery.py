"""Telling an app service what happens, one transaction after the other.

The log of events is the outbox: a transaction is what concerns the app service between two positions of it. Where it
ends is written down before it is sent, so that one that has to be sent again, even by another run of the server, tells
the same under the same id. Nothing later is told before it was taken.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.domains.rooms.rules import for_app_service
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.ids import Ids

from ..model import AppService, CallFailed, Progress
from ..ports import EventLog, Gateway, ProgressStore
from ..rules import transaction_body, wait_after_s
from .interest import Interest

EVENTS_LOOKED_AT_MAX = 500
"""How many events of the log one transaction may span, whether they concern the app service or not."""
EVENTS_TOLD_MAX = 100
EVENTS_TOLD_BYTES = 1024 * 1024
SKIPPED_UNWRITTEN_POSITIONS = 10_000
"""How much that concerns nobody may be looked at again after a restart."""
TXN_ID_LETTERS = 20

_log = structlog.get_logger()


class Extra(Protocol):
    """Adds to transactions what is no event of a room."""

    streams: Sequence[str]
    is_behind: bool
    """Whether there is more to collect than went into the last transaction."""

    def changed(self, change: Change) -> None:
        """One of the streams has moved; must not wait."""
        ...

    async def begin(self, until: int) -> None:
        """Whatever waited already, up to this position of the log, is known. Called first, by each run."""
        ...

    async def collect(self, after: int, until: int, *, is_again: bool) -> dict[str, bytes]:
        """The fields to add, encoded: what was not told yet, of the log what is in (after, until].

        is_again: for a transaction of an earlier run, which must not say more than it said then.
        """
        ...

    def taken(self) -> None:
        """What was collected last has been told."""
        ...


@dataclass(frozen=True, slots=True)
class Means:
    """What every delivery needs."""

    log: EventLog
    gateway: Gateway
    store: ProgressStore
    database: Database
    changes: Changes
    clock: Clock
    ids: Ids


class _Transaction:
    def __init__(self, until: int, body: bytes) -> None:
        self.until = until
        self.body = body


class Delivery:
    """Tells one app service what concerns it."""

    def __init__(self, service: AppService, interest: Interest, extras: Sequence[Extra], means: Means) -> None:
        self.service = service
        self._interest = interest
        self._extras = extras
        self.streams = frozenset({"rooms"}.union(*(extra.streams for extra in extras)))
        self._means = means
        self._news = asyncio.Event()
        self._hurry = asyncio.Event()
        self._progress = Progress(0)
        self._written = 0
        self._is_behind = False

    def changed(self, change: Change) -> None:
        """Something moved that may concern the app service; must not wait."""
        if change.stream not in self.streams:
            return
        for extra in self._extras:
            if change.stream in extra.streams:
                extra.changed(change)
        self._news.set()

    def hurry(self) -> None:
        """The app service is there: what waits to be sent again is sent now."""
        self._hurry.set()

    async def run(self) -> None:
        """Does not end. Whatever fails here, a new run goes on from what is written down."""
        await self._begin()
        while True:
            self._news.clear()
            transaction = await self._next()
            if transaction is not None:
                await self._tell(transaction)
            elif not self._is_behind:
                await self._news.wait()

    async def _begin(self) -> None:
        stored = await self._means.store.find_progress(self.service.id)
        if stored is None:
            # One that is new here hears of what happens from now on.
            stored = Progress(self._means.changes.now.log)
            await self._keep(stored)
        self._progress, self._written = stored, stored.told_until
        for extra in self._extras:
            await extra.begin(self._means.changes.now.log)

    async def _next(self) -> _Transaction | None:
        """What is to be told next; None if nothing so far looked at concerns the app service."""
        progress, is_again = self._progress, bool(self._progress.txn_id)
        until = progress.txn_until if is_again else self._means.changes.now.log
        events, reached = await self._events(progress.told_until, until, is_bounded=not is_again)
        others: dict[str, bytes] = {}
        for extra in self._extras:
            others |= await extra.collect(progress.told_until, reached, is_again=is_again)
        self._is_behind = reached < until or any(extra.is_behind for extra in self._extras)
        if events or others or is_again:
            return _Transaction(reached, transaction_body(events, others))
        await self._skip(reached)
        return None

    async def _events(self, after: int, until: int, *, is_bounded: bool) -> tuple[list[bytes], int]:
        """The events in (after, until] that are to be told, as many as go into one transaction; how far they reach."""
        looked_at, reached = await self._means.log.log_after(after, until, EVENTS_LOOKED_AT_MAX)
        now_ms = self._means.clock.now_ms()
        told: list[bytes] = []
        size_bytes = 0
        for placed in looked_at:
            if not await self._interest.concerns(placed):
                continue
            event = for_app_service(placed, now_ms)
            size_bytes += len(event)
            if is_bounded and told and (len(told) == EVENTS_TOLD_MAX or size_bytes > EVENTS_TOLD_BYTES):
                return told, placed.position - 1
            told.append(event)
        return told, reached if is_bounded else until

    async def _tell(self, transaction: _Transaction) -> None:
        told_until, txn_id, _ = self._progress
        if not txn_id:
            txn_id = self._means.ids.letters(TXN_ID_LETTERS)
            await self._keep(Progress(told_until, txn_id, transaction.until))
        await self._send(txn_id, transaction.body)
        for extra in self._extras:
            extra.taken()
        await self._keep(Progress(transaction.until))

    async def _send(self, txn_id: str, body: bytes) -> None:
        failures = 0
        while True:
            self._hurry.clear()
            try:
                reply = await self._means.gateway.call(self.service, "PUT", ("transactions", txn_id), {}, body)
                if reply.is_success:
                    return
                why = f"status {reply.status}"
            except CallFailed as failure:
                why = str(failure)
            failures += 1
            if failures == 1:
                _log.warning("appservices.not_told", app_service=self.service.id, why=why)
            await self._pause(wait_after_s(failures))

    async def _pause(self, at_most_s: float) -> None:
        try:
            async with asyncio.timeout(at_most_s):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _skip(self, until: int) -> None:
        self._progress = Progress(until)
        if until - self._written > SKIPPED_UNWRITTEN_POSITIONS:
            await self._keep(self._progress)

    async def _keep(self, progress: Progress) -> None:
        batch = Batch()
        self._means.store.set_progress(batch, self.service.id, progress)
        await self._means.database.commit(batch)
        self._progress, self._written = progress, progress.told_until
