"""The keys that devices publish."""

from collections.abc import Mapping, Sequence

from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database

from ..model import KeyIdInUse, KeysUpload, OneTimeKey, Target
from ..ports import DeviceKeyStore, SigningStore
from ..rules import checked_device_keys, fallback_keys_in, has_same_identity, new_one_time_keys, one_time_keys_in
from .device_lists import DeviceListChanges
from .key_counts import Counts
from .locks import DeviceLocks, decided


class DeviceKeys:
    """Keeps what a device publishes of itself."""

    def __init__(
        self,
        store: DeviceKeyStore,
        signing: SigningStore,
        lists: DeviceListChanges,
        counts: Counts,
        locks: DeviceLocks,
        database: Database,
        changes: Changes,
    ) -> None:
        self._store = store
        self._signing = signing
        self._lists = lists
        self._counts = counts
        self._locks = locks
        self._database = database
        self._changes = changes
        self.times_published = 0
        """Grows whenever a device publishes other keys than before."""

    async def upload(self, device: Target, upload: KeysUpload) -> Mapping[str, int]:
        """The keys are published, durably; how many one-time keys of each algorithm there are now.

        A device that comes with another identity loses the keys it published as the former one.
        Raises InvalidKeys, InvalidSignature, OneTimeKeyExists. Spec: client-server, POST /keys/upload.
        """
        keys = None if upload.device_keys is None else checked_device_keys(upload.device_keys, device)
        given, given_fallback = one_time_keys_in(upload.one_time_keys), fallback_keys_in(upload.fallback_keys)
        await self._check_id(device)
        async with self._locks.held([device]):
            former = None if keys is None else await self._store.find_device_keys(device)
            is_another = keys is not None and former is not None and not has_same_identity(keys, former)
            one_time = await self._new_one_time_keys(device, given, is_another)
            fallback = await self._new_fallback_keys(device, given_fallback, is_another)
            keys = None if keys == former else keys
            if keys is not None or one_time or fallback:
                await self._publish(device, keys, one_time, fallback, is_another)
        return (await self._counts.of(device)).one_time

    async def _check_id(self, device: Target) -> None:
        """Raises KeyIdInUse. Spec: client-server, Cross-signing: devices are not called as keys are."""
        signing = await self._signing.find_signing_keys(device.user_id)
        if any(key.public_key == device.device_id for key in signing.values()):
            raise KeyIdInUse("The device is called as a key for signing")

    async def _publish(
        self,
        device: Target,
        keys: dict[str, object] | None,
        one_time: Sequence[OneTimeKey],
        fallback: Sequence[OneTimeKey],
        is_another: bool,
    ) -> None:
        concerned = None if keys is None else await self._lists.concerned(device.user_id)
        position = self._changes.next_position()
        batch = Batch()
        if is_another:
            self._store.remove_claimable_keys(batch, device)
            self._signing.remove_signatures(batch, device)
        if keys is not None and concerned is not None:
            self.times_published += 1
            self._store.set_device_keys(batch, device, keys)
            self._lists.note(batch, device.user_id, concerned, position)
        for key in one_time:
            self._store.add_one_time_key(batch, device, key, position)
        for key in fallback:
            self._store.set_fallback_key(batch, device, key)
        written = self._database.submit(batch)
        self._counts.moving(device, written)
        await decided(written)

    async def _new_one_time_keys(
        self, device: Target, keys: Sequence[OneTimeKey], is_another: bool
    ) -> Sequence[OneTimeKey]:
        if not keys:
            return ()
        return new_one_time_keys(keys, () if is_another else await self._store.list_one_time_keys(device))

    async def _new_fallback_keys(
        self, device: Target, keys: Sequence[OneTimeKey], is_another: bool
    ) -> Sequence[OneTimeKey]:
        """Those that the server does not have: a repeated request must not make a used key count as unused."""
        if is_another:
            return keys
        former = [await self._store.find_fallback_key(device, key.algorithm) for key in keys]
        return [key for key, old in zip(keys, former, strict=True) if old is None or old.key != key]
