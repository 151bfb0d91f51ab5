"""Keys: the whole domain, put together."""

from dataclasses import dataclass

from sottovoce.domains.changes.service import Changes
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Database
from sottovoce.infra.tasks import Tasks
from sottovoce.protocol.ids import DeviceId, ServerName, UserId
from sottovoce.protocol.tokens import TokenSealer

from ..ports import (
    BackupStore,
    DehydratedStore,
    DeviceKeyStore,
    DeviceListStore,
    Devices,
    Proofs,
    SharedRooms,
    SigningStore,
    ToDeviceStore,
)
from .backups import KeyBackups
from .claims import KeyClaims
from .cross_signing import CrossSigning
from .dehydrated import DehydratedDevices
from .departures import KeyDepartures
from .device_keys import DeviceKeys
from .device_lists import DeviceListChanges
from .key_counts import Counts
from .known_devices import KnownDevices
from .locks import DeviceLocks
from .queries import KeyQueries
from .signatures import Signatures
from .to_device import ToDevice


@dataclass(frozen=True, slots=True)
class KeyStores:
    """The rows of keys."""

    to_device: ToDeviceStore
    device_keys: DeviceKeyStore
    device_lists: DeviceListStore
    signing: SigningStore
    backups: BackupStore
    dehydrated: DehydratedStore


class Keys:
    """Each part is asked by its own name."""

    def __init__(
        self,
        server: ServerName,
        signed_in: Devices,
        proofs: Proofs,
        rooms: SharedRooms,
        stores: KeyStores,
        database: Database,
        changes: Changes,
        sealer: TokenSealer,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        locks = DeviceLocks()
        devices = KnownDevices(signed_in, stores.dehydrated)
        self.to_device = ToDevice(devices, stores.to_device, database, changes, clock, tasks)
        self.device_lists = DeviceListChanges(rooms, stores.device_lists, stores.signing, changes, sealer)
        self.counts = Counts(stores.device_keys)
        self.device_keys = DeviceKeys(
            stores.device_keys, stores.signing, self.device_lists, self.counts, locks, database, changes
        )
        self.claims = KeyClaims(server, stores.device_keys, self.counts, locks, database, changes)
        self.queries = KeyQueries(server, devices, stores.device_keys, stores.signing)
        self.cross_signing = CrossSigning(
            stores.signing, stores.device_keys, devices, proofs, self.device_lists, locks, database, changes
        )
        self.signatures = Signatures(stores.signing, stores.device_keys, self.device_lists, database, changes)
        self.backups = KeyBackups(stores.backups, locks, database)
        self.departures = KeyDepartures(
            stores.device_keys,
            stores.signing,
            stores.dehydrated,
            self.device_keys,
            self.counts,
            self.to_device,
            self.device_lists,
            changes,
        )
        self._dehydrated_rows = stores.dehydrated
        self.dehydrated = DehydratedDevices(
            stores.dehydrated,
            signed_in,
            self.device_keys,
            self.to_device,
            self.departures,
            locks,
            database,
            changes,
            sealer,
        )

    async def unused_devices(self, user_id: UserId) -> list[DeviceId]:
        """The person's devices on which nobody is signed in."""
        device = await self._dehydrated_rows.find_dehydrated(user_id)
        return [] if device is None else [device.device_id]

    async def forget_user(self, user_id: UserId) -> None:
        """Of somebody who gave up their account no key, backup or dehydrated device is kept."""
        await self.cross_signing.forget_user(user_id)
        await self.backups.forget_user(user_id)
