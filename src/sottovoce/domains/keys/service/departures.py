"""What is kept for devices goes with them."""

from collections.abc import Callable, Sequence

from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import DeviceId, UserId

from ..model import Target
from ..ports import DehydratedStore, DeviceKeyStore, SigningStore
from .device_keys import DeviceKeys
from .device_lists import DeviceListChanges
from .key_counts import Counts
from .to_device import ToDevice


class KeyDepartures:
    """Implements accounts.ports.Departures."""

    def __init__(
        self,
        store: DeviceKeyStore,
        signing: SigningStore,
        dehydrated: DehydratedStore,
        keys: DeviceKeys,
        counts: Counts,
        to_device: ToDevice,
        lists: DeviceListChanges,
        changes: Changes,
    ) -> None:
        self._store = store
        self._signing = signing
        self._dehydrated = dehydrated
        self._keys = keys
        self._counts = counts
        self._to_device = to_device
        self._lists = lists
        self._changes = changes

    def remove(self, batch: Batch, device: Target) -> None:
        """With the batch, which is being submitted, nothing is kept for the device."""
        self._store.remove_device_keys(batch, device)
        self._store.remove_claimable_keys(batch, device)
        self._signing.remove_signatures(batch, device)
        self._dehydrated.remove_dehydrated(batch, device)
        self._to_device.forget(batch, device)
        self._counts.forget(device)

    async def leaving(self, user_id: UserId, device_ids: Sequence[DeviceId]) -> Callable[[Batch], None]:
        """In the batch that removes the devices, all that was kept for them is removed too, and others are told."""
        times_published = self._keys.times_published
        with_keys = await self._store.list_devices_with_keys(user_id)
        concerned = await self._lists.concerned(user_id)

        def complete(batch: Batch) -> None:
            for device_id in device_ids:
                self.remove(batch, Target(user_id, device_id))
            # Keys published since the store was asked may be among those that go.
            if with_keys.intersection(device_ids) or times_published != self._keys.times_published:
                self._lists.note(batch, user_id, concerned, self._changes.next_position())

        return complete
