"""What keys need of others."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sottovoce.domains.accounts.model import Device
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import UserId

from .model import Target, ToDeviceMessage, Transaction


class Devices(Protocol):
    """The devices that are signed in."""

    async def devices_of(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Sequence[Device]]:
        """The devices of all these people; those who have none are left out."""
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
