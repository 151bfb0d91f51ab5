"""What presence needs of others."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Protocol

from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import RoomId, UserId


class SharedRooms(Protocol):
    """The rooms, as presence sees them. The sets are live and not to be changed."""

    async def joined_users(self, room_id: RoomId) -> AbstractSet[UserId]:
        """Who is in the room. Raises RoomNotFound."""
        ...

    async def rooms_of(self, user_id: UserId) -> AbstractSet[RoomId]:
        """The rooms this person is in; none if there is no such person."""
        ...

    async def contacts_of(self, user_id: UserId) -> set[UserId]:
        """Everybody who is in a room with this person, the person left out."""
        ...


class StatusStore(Protocol):
    """The rows of what people say of themselves."""

    async def find_statuses(self, user_ids: Iterable[UserId]) -> dict[UserId, str]:
        """By person; those who say nothing are left out."""
        ...

    def set_status(self, batch: Batch, user_id: UserId, status_msg: str | None) -> None: ...
