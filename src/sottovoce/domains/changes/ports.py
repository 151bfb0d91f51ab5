"""What the changes need, and the shape of those who live on them."""

from typing import Protocol

from .model import SyncAnswer, SyncAsk


class PositionStore(Protocol):
    """Where the highest position ever handed out is kept, so that no run uses one twice."""

    async def find_reserved(self) -> int:
        """The first position that no run has reserved."""
        ...

    def reserve(self, until: int) -> None:
        """Positions below `until` are this run's once what is submitted next is committed."""
        ...


class Feed(Protocol):
    """A domain's part of a /sync."""

    stream: str

    async def contribute(self, ask: SyncAsk, answer: SyncAnswer) -> None:
        """The answer holds what this stream has in (since, now]; everything, where since is None."""
        ...
