"""What delayed events need of others."""

from collections.abc import Mapping
from typing import Protocol

from sottovoce.domains.rooms.model import TimelineEvent, Txn
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import DeviceId, EventId, RoomId, UserId

from .model import DelayedEvent


class DelayedStore(Protocol):
    """The rows of delayed events."""

    async def find(self, delay_id: str) -> DelayedEvent | None: ...

    async def find_by_transaction(
        self, user_id: UserId, device_id: DeviceId, txn_id: str, room_id: RoomId, event_type: str
    ) -> str | None:
        """The delay id."""
        ...

    async def list_scheduled(self, user_id: UserId, limit: int) -> list[DelayedEvent]:
        """Of one person, those due first, first."""
        ...

    async def list_due(self, until_ms: int, limit: int) -> list[str]:
        """The delay ids of those due up to then, by that time."""
        ...

    async def find_next_due(self) -> int | None:
        """When the next one of all is due."""
        ...

    async def find_nth_finalised(self, user_id: UserId, nth: int) -> int | None:
        """When the nth newest of the person's finalised ones was finalised; the newest is the 0th."""
        ...

    def add(self, batch: Batch, delayed: DelayedEvent, content: bytes) -> None: ...

    def set_restarted(self, batch: Batch, delay_id: str, delayed_since_ms: int, due_at_ms: int) -> None: ...

    def set_finalised(
        self, batch: Batch, delay_id: str, at_ms: int, event_id: EventId | None, error: bytes | None
    ) -> None:
        """It is over. What was sent keeps no content here: a redaction would not find it."""
        ...

    def remove_finalised(self, batch: Batch, user_id: UserId | None, until_ms: int) -> None:
        """Those finalised up to then are gone; of everybody, where there is no user id."""
        ...

    def remove_of_user(self, batch: Batch, user_id: UserId) -> None: ...

    def remove_of_room(self, batch: Batch, room_id: RoomId) -> None: ...


class SendingRooms(Protocol):
    """The rooms, as delayed events see them. Everything they raise is an answer to whoever sends."""

    async def send(
        self,
        room_id: RoomId,
        sender: UserId,
        event_type: str,
        content: dict[str, object],
        txn: Txn | None,
        at_ms: int | None = None,
    ) -> EventId:
        """The message is in the room; its id. Repeated under its transaction, it is there once."""
        ...

    async def set_state(
        self,
        room_id: RoomId,
        sender: UserId,
        event_type: str,
        state_key: str,
        content: dict[str, object],
        at_ms: int | None = None,
        txn: Txn | None = None,
    ) -> EventId:
        """The state is set; the id of the event that holds it."""
        ...

    async def find_timeline_event(self, room_id: RoomId, event_id: EventId) -> TimelineEvent | None:
        """The event, if it is one of this room's; else None."""
        ...


class Senders(Protocol):
    """The accounts, as delayed events see them."""

    async def check_may_send(self, user_id: UserId, *, while_suspended: bool) -> None:
        """The account may write to rooms now, if it is suspended only where `while_suspended`. Raises if not."""
        ...


class ErrorWords(Protocol):
    """How errors are told."""

    def __call__(self, error: Exception) -> Mapping[str, object] | None:
        """The standard error response to this; None for what is nobody's fault but the program's."""
        ...
