"""What keys need of others."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from sottovoce.domains.accounts.model import Caller, Device
from sottovoce.domains.rooms.model import Membership
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import DeviceId, RoomId, UserId

from .model import (
    BackedUpKey,
    Backup,
    BackupPart,
    DehydratedDevice,
    FallbackKey,
    KeyCounts,
    OneTimeKey,
    Signature,
    SigningKey,
    Target,
    ToDeviceMessage,
    Transaction,
)


class Devices(Protocol):
    """The devices that are signed in."""

    async def devices_of(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Sequence[Device]]:
        """The devices of all these people; those who have none are left out."""
        ...


class Proofs(Protocol):
    """Has people prove that it is them."""

    async def perform(
        self,
        operation: str,
        caller: Caller,
        client_ip: str,
        auth: Mapping[str, object] | None,
        action: Callable[[Mapping[str, str]], Awaitable[None]],
    ) -> None:
        """The action is done, because the caller proved who they are. Raises InteractionNeeded, TooManyAttempts."""
        ...


class SharedRooms(Protocol):
    """The rooms, as far as they decide whose devices concern whom. Sets and maps are live and not to be changed."""

    async def memberships_of(self, user_id: UserId) -> Mapping[RoomId, Membership]:
        """What the person is to every room; ahead of what is committed."""
        ...

    async def joined_users(self, room_id: RoomId) -> AbstractSet[UserId]: ...

    async def contacts_of(self, user_id: UserId) -> set[UserId]:
        """Everybody who is in a room with this person, the person left out."""
        ...

    async def rooms_with_news(self, room_ids: Iterable[RoomId], after: int) -> list[RoomId]:
        """Those of the rooms in which something happened after this position."""
        ...

    async def was_joined(self, user_id: UserId, room_id: RoomId, at: int) -> bool:
        """Whether the person was in the room right after this position."""
        ...

    async def joined_users_at(self, room_id: RoomId, at: int) -> set[UserId]:
        """Who was in the room right after this position."""
        ...

    async def came_and_went(self, room_id: RoomId, after: int, until: int) -> tuple[set[UserId], set[UserId]]:
        """Who was not in the room at `after` but at `until`, and who the other way round."""
        ...


class ToDeviceStore(Protocol):
    """The rows of messages that wait for devices, and of the requests that sent them."""

    async def messages_between(self, device: Target, after: int, until: int, limit: int) -> list[ToDeviceMessage]:
        """The oldest `limit` messages to the device in (after, until]."""
        ...

    async def list_targets(self) -> list[Target]:
        """Every device that messages wait for."""
        ...

    async def list_sizes(self, device: Target, limit: int) -> list[tuple[int, int]]:
        """Of the newest `limit` messages to the device: position and size in bytes, newest first."""
        ...

    async def has_transaction(self, transaction: Transaction) -> bool: ...

    def add_message(self, batch: Batch, device: Target, position: int, event: bytes) -> None: ...

    def remove_messages(self, batch: Batch, device: Target, until: int) -> None:
        """Those up to this position."""
        ...

    def add_transaction(self, batch: Batch, transaction: Transaction, sent_at_ms: int) -> None: ...

    def remove_transactions(self, batch: Batch, sent_before_ms: int) -> None: ...

    def remove_to_device(self, batch: Batch, device: Target) -> None:
        """Everything that waits for the device, and what it sent itself is no longer remembered."""
        ...


class DeviceKeyStore(Protocol):
    """The rows of the keys that devices publish."""

    async def find_device_keys(self, device: Target) -> dict[str, object] | None: ...

    async def list_device_keys(self, user_ids: Iterable[UserId]) -> dict[Target, dict[str, object]]: ...

    async def list_owners(self) -> list[UserId]:
        """Whoever has a device that published keys."""
        ...

    async def list_devices_with_keys(self, user_id: UserId) -> set[DeviceId]: ...

    async def list_one_time_keys(self, device: Target) -> list[OneTimeKey]: ...

    async def first_one_time_key(self, device: Target, algorithm: str) -> OneTimeKey | None:
        """The one that was given first, of those that are left."""
        ...

    async def find_fallback_key(self, device: Target, algorithm: str) -> FallbackKey | None: ...

    async def count_keys(self, device: Target) -> KeyCounts: ...

    def set_device_keys(self, batch: Batch, device: Target, keys: dict[str, object]) -> None: ...

    def add_one_time_key(self, batch: Batch, device: Target, key: OneTimeKey, position: int) -> None: ...

    def remove_one_time_key(self, batch: Batch, device: Target, key: OneTimeKey) -> None: ...

    def set_fallback_key(self, batch: Batch, device: Target, key: OneTimeKey) -> None:
        """It is unused, and the one before it gone."""
        ...

    def use_fallback_key(self, batch: Batch, device: Target, algorithm: str) -> None: ...

    def remove_device_keys(self, batch: Batch, device: Target) -> None: ...

    def remove_claimable_keys(self, batch: Batch, device: Target) -> None:
        """All one-time and fallback keys of the device."""
        ...


class SigningStore(Protocol):
    """The rows of cross-signing keys and signatures."""

    async def find_signing_keys(self, user_id: UserId) -> dict[str, SigningKey]:
        """By usage."""
        ...

    async def list_signing_keys(self, user_ids: Iterable[UserId]) -> dict[UserId, list[SigningKey]]: ...

    async def list_signatures(self, user_ids: Iterable[UserId], asker: UserId) -> list[Signature]:
        """What these people's own keys, and the asker's, say of their keys."""
        ...

    def set_signing_key(self, batch: Batch, user_id: UserId, key: SigningKey) -> None: ...

    def remove_signing_key(self, batch: Batch, user_id: UserId, key: SigningKey) -> None:
        """With what was said of it, and what it said of its owner's keys."""
        ...

    def forget_user(self, batch: Batch, user_id: UserId) -> None:
        """Nothing of the person is kept, neither what they said nor what was said of them."""
        ...

    def set_signature(self, batch: Batch, signature: Signature) -> None: ...

    def remove_signatures(self, batch: Batch, device: Target) -> None:
        """All that was said of the device's keys."""
        ...

    def set_signed(self, batch: Batch, signer_id: UserId, user_id: UserId, position: int) -> None:
        """The signer signed a key of that person."""
        ...

    async def signed_after(self, signer_id: UserId, position: int) -> list[UserId]: ...


class DeviceListStore(Protocol):
    """The rows that say when somebody's devices or keys changed last."""

    async def changed_after(self, position: int) -> list[UserId]: ...

    def set_changed(self, batch: Batch, user_id: UserId, position: int) -> None: ...


class DehydratedStore(Protocol):
    """The rows of dehydrated devices."""

    async def find_dehydrated(self, user_id: UserId) -> DehydratedDevice | None: ...

    async def list_dehydrated(self, user_ids: Iterable[UserId]) -> dict[UserId, DehydratedDevice]: ...

    def set_dehydrated(self, batch: Batch, user_id: UserId, device: DehydratedDevice) -> None:
        """In place of the one before."""
        ...

    def remove_dehydrated(self, batch: Batch, device: Target) -> None:
        """Nothing changes if it is another."""
        ...


class BackupStore(Protocol):
    """The rows of backups. What is asked of a version finds nothing of others."""

    async def find_backup(self, user_id: UserId, version: int) -> Backup | None:
        """Also if it is deleted."""
        ...

    async def find_current_backup(self, user_id: UserId) -> Backup | None:
        """The newest that is not deleted."""
        ...

    async def find_newest_version(self, user_id: UserId) -> int:
        """0 if there never was a backup."""
        ...

    async def count_backups(self, user_id: UserId) -> int:
        """Those that are not deleted."""
        ...

    async def list_keys(self, user_id: UserId, version: int, part: BackupPart) -> list[BackedUpKey]: ...

    async def list_same_keys(self, user_id: UserId, version: int, keys: Sequence[BackedUpKey]) -> list[BackedUpKey]:
        """Those in the places of these keys, and perhaps some others."""
        ...

    async def count_keys(self, user_id: UserId, version: int, part: BackupPart) -> int:
        """Of a part that is not the whole."""
        ...

    def add_backup(self, batch: Batch, user_id: UserId, version: int, algorithm: str, auth_data: bytes) -> None: ...

    def set_auth_data(self, batch: Batch, user_id: UserId, version: int, auth_data: bytes) -> None: ...

    def set_backup_count(self, batch: Batch, user_id: UserId, version: int, etag: int, count: int) -> None: ...

    def delete_backup(self, batch: Batch, user_id: UserId, version: int) -> None:
        """With all its keys."""
        ...

    def remove_backups(self, batch: Batch, user_id: UserId) -> None:
        """All of them, with all their keys, deleted ones too."""
        ...

    def set_key(self, batch: Batch, user_id: UserId, version: int, key: BackedUpKey) -> None: ...

    def remove_keys(self, batch: Batch, user_id: UserId, version: int, part: BackupPart) -> None: ...
