"""What the directory needs."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from sottovoce.domains.accounts.model import Profile
from sottovoce.domains.rooms.model import RoomSummary
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import RoomAlias, RoomId, UserId
from sottovoce.protocol.power import PowerLevels

from .model import AliasRecord


class AliasStore(Protocol):
    """The rows of aliases."""

    async def find(self, alias: RoomAlias) -> RoomId | None: ...

    async def resolve(self, alias: RoomAlias) -> RoomId | None:
        """As find, but whoever may know the room is asked to make it if nobody here has heard of it."""
        ...

    def may_name(self, alias: RoomAlias, app_service: str | None) -> bool:
        """Whether this app service, or for None a person, may make or remove this alias."""
        ...

    async def find_record(self, alias: RoomAlias) -> AliasRecord | None: ...

    async def list_of_room(self, room_id: RoomId) -> list[RoomAlias]:
        """In the order of their letters."""
        ...

    def claim(self, batch: Batch, alias: RoomAlias, room_id: RoomId, creator: UserId) -> None:
        """The alias leads to the room with the batch, which fails with WriteConflict if it leads elsewhere."""
        ...

    def remove(self, batch: Batch, alias: RoomAlias) -> None: ...

    def move(self, batch: Batch, from_room: RoomId, to_room: RoomId) -> None:
        """Every alias of the one room leads to the other."""
        ...

    def remove_of_room(self, batch: Batch, room_id: RoomId) -> None: ...


class PublishedStore(Protocol):
    """The rows of the public list."""

    async def is_published(self, room_id: RoomId) -> bool: ...

    async def list_published(self, limit: int) -> list[RoomId]: ...

    async def count(self) -> int: ...

    def publish(self, batch: Batch, room_id: RoomId) -> None: ...

    def remove(self, batch: Batch, room_id: RoomId) -> None: ...

    def move(self, batch: Batch, from_room: RoomId, to_room: RoomId) -> None:
        """If the one room stood in the list, the other does instead."""
        ...


class NetworkLists(Protocol):
    """The lists of rooms that app services keep of other networks."""

    async def list_network_rooms(self, instance_id: str | None, limit: int) -> list[RoomId]:
        """Those of one network, or of all."""
        ...


class NamedRooms(Protocol):
    """The rooms, as the directory sees them."""

    async def is_joined(self, user_id: UserId, room_id: RoomId) -> bool: ...

    async def is_readable(self, user_id: UserId, room_id: RoomId) -> bool:
        """Whether the person is in the room, or everybody may read it."""
        ...

    async def power_levels(self, room_id: RoomId) -> PowerLevels:
        """Raises RoomNotFound."""
        ...

    async def summaries(self, room_ids: Iterable[RoomId]) -> list[RoomSummary]: ...

    async def renounce_alias(self, room_id: RoomId, sender: UserId, alias: RoomAlias) -> None: ...


class PeopleRooms(Protocol):
    """The rooms, as a search for people sees them."""

    async def contacts_of(self, user_id: UserId) -> AbstractSet[UserId]:
        """Everybody who is in a room with the person."""
        ...

    async def joined_users(self, room_id: RoomId) -> AbstractSet[UserId]: ...


class Profiles(Protocol):
    """The accounts, as a search for people sees them."""

    async def exists(self, user_id: UserId) -> bool:
        """Whether the account is there and in use."""
        ...

    async def profiles_of(self, user_ids: Sequence[UserId]) -> Mapping[UserId, Profile]:
        """The names and pictures of those who have an account."""
        ...
