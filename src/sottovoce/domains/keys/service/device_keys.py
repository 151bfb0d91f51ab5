"""The keys that devices publish."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import UserId

from ..model import SELF_SIGNING, KeyCounts, KeyIdInUse, KeysUpload, OneTimeKey, Signature, Target
from ..ports import DeviceKeyStore, SigningStore
from ..rules import (
    checked_device_keys,
    fallback_keys_in,
    has_same_identity,
    new_one_time_keys,
    one_time_keys_in,
    verified,
)
from .device_lists import DeviceListChanges
from .key_counts import Counts
from .locks import DeviceLocks, decided


@dataclass(frozen=True, slots=True)
class _Published:
    """What is new of a device. keys None: not the device itself."""

    keys: dict[str, object] | None
    said: Sequence[Signature]
    one_time: Sequence[OneTimeKey]
    fallback: Sequence[OneTimeKey]
    is_another: bool
    instead: Callable[[Batch], None] | None


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

    async def upload(
        self, device: Target, upload: KeysUpload, *, instead: Callable[[Batch], None] | None = None
    ) -> Mapping[str, int]:
        """The keys are published, durably; how many one-time keys of each algorithm there are now.

        instead: writes what makes room for the device, which then has nothing but these keys.
        A device that comes with another identity loses the keys it published as the former one.
        Raises InvalidKeys, InvalidSignature, OneTimeKeyExists. Spec: client-server, POST /keys/upload.
        """
        keys = None if upload.device_keys is None else checked_device_keys(upload.device_keys, device)
        given, given_fallback = one_time_keys_in(upload.one_time_keys), fallback_keys_in(upload.fallback_keys)
        said = await self._check_signing(device, upload)
        async with self._locks.held([device]):
            former = None if keys is None else await self._store.find_device_keys(device)
            is_another = instead is not None or _is_another(keys, former)
            one_time = await self._new_one_time_keys(device, given, is_another)
            fallback = await self._new_fallback_keys(device, given_fallback, is_another)
            keys = None if keys == former and instead is None else keys
            if keys is not None or one_time or fallback:
                await self._publish(device, _Published(keys, said, one_time, fallback, is_another, instead))
        return (await self._counts.of(device)).one_time

    async def owners(self) -> list[UserId]:
        """Whoever has a device that published keys."""
        return await self._store.list_owners()

    async def with_keys(self, user_ids: Iterable[UserId]) -> list[Target]:
        """The devices of these people that published keys."""
        return sorted(await self._store.list_device_keys(user_ids))

    async def counts_of(self, device: Target) -> KeyCounts:
        """What is left of the device's one-time and fallback keys. Not to be changed."""
        return await self._counts.of(device)

    async def _check_id(self, device: Target) -> None:
        """Raises KeyIdInUse. Spec: client-server, Cross-signing: devices are not called as keys are."""
        signing = await self._signing.find_signing_keys(device.user_id)
        if any(key.public_key == device.device_id for key in signing.values()):
            raise KeyIdInUse("The device is called as a key for signing")

    async def _check_signing(self, device: Target, upload: KeysUpload) -> Sequence[Signature]:
        """What the person's signing key says of the keys. Raises KeyIdInUse, InvalidSignature.

        Spec: client-server, Cross-signing: devices are not called as keys are.
        """
        signing = await self._signing.find_signing_keys(device.user_id)
        if any(key.public_key == device.device_id for key in signing.values()):
            raise KeyIdInUse("The device is called as a key for signing")
        if upload.device_keys is None or SELF_SIGNING not in signing:
            return ()
        key = signing[SELF_SIGNING]
        mine = {key.key_id: key.public_key}
        return verified(upload.device_keys, device.user_id, device.device_id, device.user_id, mine)

    async def _publish(self, device: Target, new: _Published) -> None:
        concerned = None if new.keys is None else await self._lists.concerned(device.user_id)
        position = self._changes.next_position()
        batch = Batch()
        if new.instead is not None:
            new.instead(batch)
        if new.is_another:
            self._store.remove_claimable_keys(batch, device)
            self._signing.remove_signatures(batch, device)
        if new.keys is not None and concerned is not None:
            self.times_published += 1
            self._store.set_device_keys(batch, device, new.keys)
            for signature in new.said:
                self._signing.set_signature(batch, signature)
            self._lists.note(batch, device.user_id, concerned, position)
        for key in new.one_time:
            self._store.add_one_time_key(batch, device, key, position)
        for key in new.fallback:
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


def _is_another(keys: dict[str, object] | None, former: dict[str, object] | None) -> bool:
    return keys is not None and former is not None and not has_same_identity(keys, former)
