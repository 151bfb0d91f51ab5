"""What redacted events said, where whoever runs the server wants to look at it for a while."""

from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.canonical_json import MAX_INTEGER

from ..model import TimelineEvent
from ..ports import RedactedStore
from ..rules import is_redacted
from .memory import Room


class Retention:
    """Keeps redacted content for `kept_ms`, for administrators alone; with 0 nothing is ever kept."""

    def __init__(self, store: RedactedStore, clock: Clock, kept_ms: int) -> None:
        self._store = store
        self._clock = clock
        self._kept_ms = kept_ms

    def keep(self, batch: Batch, room: Room, target: TimelineEvent) -> None:
        """What the event says is kept with the batch that takes it back, if anything is."""
        if self._kept_ms and not is_redacted(target):
            until_ms = self._clock.now_ms() + self._kept_ms
            self._store.keep(batch, room.room_key, target.position, target.event.pdu, until_ms)

    async def find(self, position: int) -> bytes | None:
        """What the event at this position said, if that is still kept."""
        return await self._store.find(position, self._clock.now_ms()) if self._kept_ms else None

    async def sweep(self, database: Database) -> None:
        """Nothing is kept any longer than it is meant to be; nothing at all once the server keeps nothing."""
        batch = Batch()
        self._store.remove_until(batch, self._clock.now_ms() if self._kept_ms else MAX_INTEGER)
        await database.commit(batch)

    def forget_room(self, batch: Batch, room_key: int) -> None:
        """Nothing of the room is kept with the batch."""
        self._store.remove_of_room(batch, room_key)
