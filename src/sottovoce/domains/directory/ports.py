"""What the directory needs."""

from typing import Protocol

from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import RoomAlias, RoomId, UserId


class AliasStore(Protocol):
    """The rows of aliases."""

    async def find(self, alias: RoomAlias) -> RoomId | None: ...

    def claim(self, batch: Batch, alias: RoomAlias, room_id: RoomId, creator: UserId) -> None:
        """The alias leads to the room with the batch, which fails with WriteConflict if it leads elsewhere."""
        ...
