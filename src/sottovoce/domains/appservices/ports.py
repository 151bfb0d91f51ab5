"""What app services need of others."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from sottovoce.domains.rooms.model import TimelineEvent
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import RoomAlias, RoomId, UserId

from .model import AppService, AppServiceReply, Progress


class ProgressStore(Protocol):
    """The rows of what app services have been told."""

    async def find_progress(self, service_id: str) -> Progress | None: ...

    def set_progress(self, batch: Batch, service_id: str, progress: Progress) -> None: ...


class Gateway(Protocol):
    """The way to the app services."""

    async def call(
        self, service: AppService, method: str, path: Sequence[str], query: Mapping[str, str], body: bytes | None
    ) -> AppServiceReply:
        """What the app service answers to this; where it knows only the paths of earlier days, at those.

        path: segments below `/_matrix/app/v1`, not yet encoded. Raises HasNoUrl, CallFailed, CallTimedOut.
        Spec: application-service, Homeserver -> Application Service API.
        """
        ...


class EventLog(Protocol):
    """The rooms, as one who follows them all sees them."""

    async def log_after(self, after: int, until: int, limit: int) -> list[TimelineEvent]:
        """The oldest `limit` events of any room in (after, until], in the order they came."""
        ...

    async def joined_at(self, room_id: RoomId, position: int) -> tuple[AbstractSet[UserId], int]:
        """Who was in the room right after this position, not to be changed; and a number that tells these people apart
        from those of other moments of the room.
        """
        ...


class RoomNames(Protocol):
    """The book of aliases."""

    async def list_of_room(self, room_id: RoomId) -> Sequence[RoomAlias]: ...
