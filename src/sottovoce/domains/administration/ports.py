"""What administration needs of others."""

from typing import Protocol

from sottovoce.domains.accounts.model import AccountSummary
from sottovoce.domains.rooms.model import CreateRoom, Txn
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import EventId, RoomId, UserId


class NoticeStore(Protocol):
    """The rows of administration."""

    async def find_notice_room(self, user_id: UserId) -> RoomId | None: ...

    def set_notice_room(self, batch: Batch, user_id: UserId, room_id: RoomId) -> None: ...


class Roster(Protocol):
    """The accounts, as administration sees them."""

    async def list(self, after: str, limit: int, search: str) -> list[AccountSummary]:
        """The accounts after this address, by address."""
        ...

    async def one(self, user_id: UserId) -> AccountSummary:
        """Raises ProfileNotFound."""
        ...

    async def count(self) -> int:
        """How many accounts are in use."""
        ...


class OwnAccount(Protocol):
    """The account in whose name the server writes."""

    async def exists(self, user_id: UserId) -> bool: ...

    async def add(self, user_id: UserId, sign_in: None = None, displayname: str | None = None) -> object:
        """The account is there, and no password opens it."""
        ...


class RoomAccountData(Protocol):
    """What is kept for a person."""

    async def set(
        self, user_id: UserId, room_id: RoomId | None, data_type: str, content: dict[str, object]
    ) -> None: ...


class NoticeRooms(Protocol):
    """The rooms, as notices need them."""

    async def create(self, creator: UserId, command: CreateRoom) -> RoomId: ...

    async def invite(self, room_id: RoomId, sender: UserId, target: str, reason: str | None = None) -> None: ...

    async def membership_of(self, user_id: UserId, room_id: RoomId) -> str: ...

    async def send(
        self, room_id: RoomId, sender: UserId, event_type: str, content: dict[str, object], txn: Txn | None
    ) -> EventId: ...


class RoomBook(Protocol):
    """The rooms, as administration counts them."""

    async def count_rooms(self) -> int: ...


class Sizes(Protocol):
    """How much there is."""

    async def size_bytes(self) -> int:
        """What the database takes."""
        ...
