"""What the database is asked: queries, statements, batches; and what can go wrong with them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Param = int | str | bytes | float | None
ReadParam = Param | Sequence[int] | Sequence[str]
Row = tuple[Any, ...]
"""A plain tuple, in the order of the query's columns. Only the store that wrote the query knows the types."""

EngineName = Literal["sqlite", "postgresql"]
OnCommit = Callable[[Sequence[object]], None]
OnGroup = Callable[[int, float], None]
"""Told of a group that was decided: how many batches it had and how many seconds it took."""


@dataclass(frozen=True, slots=True)
class Query:
    """A read. Placeholders are $1, $2…; a list is written `IN {list:$1:bigint}` (or `:text`).

    One column of a subquery comes back as a JSON array where `{array:column:SELECT column FROM …}` stands.
    """

    sql: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A write that names one table and reads no other, so that statements on different tables commute."""

    table: str
    sql: str


class Batch:
    """Writes that become true together, and what to announce once they are.

    lane: batches of one lane build on each other; when one fails, those behind it fail too.
    on_committed, on_failed: called on the event loop, before anyone learns what became of the batch.
    """

    __slots__ = ("announcements", "completions", "lane", "on_committed", "on_failed", "writes")

    def __init__(
        self,
        *,
        lane: str | None = None,
        on_committed: Callable[[], None] | None = None,
        on_failed: Callable[[], None] | None = None,
    ) -> None:
        self.lane = lane
        self.on_committed = on_committed
        self.on_failed = on_failed
        self.writes: list[tuple[Statement, tuple[Param, ...]]] = []
        self.announcements: list[object] = []
        self.completions: Sequence[Callable[[Batch], None]] = ()

    def write(self, statement: Statement, *params: Param) -> None:
        """Add a write. Order is kept among writes of the same table only."""
        self.writes.append((statement, params))

    def announce(self, change: object) -> None:
        """Add what is handed to `on_commit` if, and only if, the batch commits."""
        self.announcements.append(change)

    def complete_with(self, completion: Callable[["Batch"], None]) -> None:
        """Add what writes and announces at the moment of submission, for whoever else has a part in the batch.

        Positions are handed out in the order of submission, so who did not submit the batch takes theirs there.
        """
        self.completions = (*self.completions, completion)


class Database(Protocol):
    """What every store may ask; the same on both engines."""

    on_commit: OnCommit
    """Called on the event loop, in commit order, with the announcements of a group, before its futures resolve."""

    on_group: OnGroup | None
    """Called after each group; for measuring."""

    @property
    def engine(self) -> EngineName: ...

    async def all(self, query: Query, *params: ReadParam) -> list[Row]:
        """Every row, as last committed."""
        ...

    async def one(self, query: Query, *params: ReadParam) -> Row | None:
        """The first row, or None. The query itself must keep the answer short."""
        ...

    async def all_in_thread(self, query: Query, *params: ReadParam) -> list[Row]:
        """As `all`, for reads long enough to be felt by others: never holds the event loop."""
        ...

    def submit(self, batch: Batch) -> asyncio.Future[None]:
        """The batch has its place in the commit order; the future resolves when it is durable.

        Cancelling the future cancels the waiting, never the write. Raises (through the future): WriteFailed.
        """
        ...

    async def commit(self, batch: Batch) -> None:
        """The batch is durable. Cancellation leaves the write running to its end. Raises WriteFailed."""
        ...

    async def size_bytes(self) -> int:
        """What the database takes on its disk, with what is not yet in its final place."""
        ...

    async def start(self) -> None:
        """The schema is current and the database answers. Raises DatabaseUnusable."""
        ...

    async def stop(self) -> None:
        """Every submitted batch has been decided and nothing is open any more."""
        ...


class WriteFailed(Exception):
    """A batch left no trace. The engine's own error, where there was one, is the cause."""


class WriteConflict(WriteFailed):
    """A batch broke a constraint of the schema, such as a key that must be unique."""


class DatabaseUnusable(Exception):
    """The database cannot be opened; the text is one line for whoever runs the server."""


class DatabaseTooNew(DatabaseUnusable):
    """The database was written by a newer program than this one."""


class DatabaseInUse(DatabaseUnusable):
    """Another process owns the database."""
