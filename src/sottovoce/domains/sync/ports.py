"""What a sync tells others."""

from typing import Protocol

from sottovoce.domains.presence.model import State
from sottovoce.protocol.ids import DeviceId, UserId


class Sightings(Protocol):
    """Told who is there."""

    def seen(self, user_id: UserId, device_id: DeviceId, state: State, waiting_ms: int = 0) -> None:
        """The device is there, as far as it wants that known, and will be for as long as it waits."""
        ...
