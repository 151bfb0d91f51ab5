"""What a sync tells others."""

from typing import Protocol

from sottovoce.domains.presence.model import State
from sottovoce.protocol.ids import DeviceId, UserId


class Devices(Protocol):
    """Told apart: devices that are signed in, and those that no longer are."""

    async def is_signed_in(self, user_id: UserId, device_id: DeviceId) -> bool: ...


class Deliveries(Protocol):
    """Told how far messages have arrived."""

    def acknowledge(self, user_id: UserId, device_id: DeviceId, until: int) -> None:
        """The device has all that was sent to it up to this position."""
        ...


class Sightings(Protocol):
    """Told who is there."""

    def seen(self, user_id: UserId, device_id: DeviceId, state: State, waiting_ms: int = 0) -> None:
        """The device is there, as far as it wants that known, and will be for as long as it waits."""
        ...
