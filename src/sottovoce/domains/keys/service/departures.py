"""What is kept for devices goes with them."""

from collections.abc import Callable, Sequence

from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import DeviceId, UserId

from ..model import Target
from .to_device import ToDevice


class KeyDepartures:
    """Implements accounts.ports.Departures."""

    def __init__(self, to_device: ToDevice) -> None:
        self._to_device = to_device

    async def leaving(self, user_id: UserId, device_ids: Sequence[DeviceId]) -> Callable[[Batch], None]:
        """In the batch that removes the devices, all that was kept for them is removed too."""
        devices = [Target(user_id, device_id) for device_id in device_ids]

        def complete(batch: Batch) -> None:
            for device in devices:
                self._to_device.forget(batch, device)

        return complete
