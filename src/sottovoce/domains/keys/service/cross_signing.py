"""The keys with which people sign their devices, and each other's keys."""

from collections.abc import Mapping

from sottovoce.domains.accounts.model import Caller
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import DeviceId, UserId

from ..model import MASTER, USAGES, USER_SIGNING, InvalidKeys, KeyIdInUse, NoMasterKey, Signature, SigningKey, Target
from ..ports import DeviceKeyStore, Devices, Proofs, SigningStore
from ..rules import checked_signing_key, is_same_key, master_signature, signing_keys_of, verified
from .device_lists import DeviceListChanges
from .locks import DeviceLocks, decided

Uploaded = Mapping[str, Mapping[str, object]]
"""By usage: the key with its signatures."""

_OF_THE_PERSON = DeviceId("")
"""Under this name the lock of what concerns all the person's devices is held: no device is called so."""


class CrossSigning:
    """Keeps each person's cross-signing keys."""

    def __init__(
        self,
        store: SigningStore,
        device_keys: DeviceKeyStore,
        devices: Devices,
        proofs: Proofs,
        lists: DeviceListChanges,
        locks: DeviceLocks,
        database: Database,
        changes: Changes,
    ) -> None:
        self._store = store
        self._device_keys = device_keys
        self._devices = devices
        self._proofs = proofs
        self._lists = lists
        self._locks = locks
        self._database = database
        self._changes = changes

    async def upload(
        self, caller: Caller, client_ip: str, auth: Mapping[str, object] | None, uploaded: Uploaded
    ) -> None:
        """The keys are the caller's, durably. Who has keys already proves that it is them who brings others.

        Raises InteractionNeeded, TooManyAttempts, InvalidKeys, InvalidSignature, NoMasterKey, KeyIdInUse.
        Spec: client-server, POST /keys/device_signing/upload.
        """
        user_id = caller.user_id
        keys = {usage: checked_signing_key(usage, key, user_id) for usage, key in uploaded.items()}
        if len({key.public_key for key in keys.values()}) < len(keys):
            raise InvalidKeys("Each key has one usage")
        kept = await self._store.find_signing_keys(user_id)
        if all(usage in kept and is_same_key(key.content, kept[usage].content) for usage, key in keys.items()):
            if MASTER not in kept:
                raise NoMasterKey("There is no master key")
            return
        await self._check(user_id, keys, uploaded, kept)
        if MASTER not in kept and await self._set(user_id, keys, uploaded, may_replace=False):
            return

        async def replace(passed: object) -> None:
            await self._set(user_id, keys, uploaded, may_replace=True)

        named = " ".join(key.public_key for key in keys.values())
        await self._proofs.perform(f"upload signing keys {named}", caller, client_ip, auth, replace)

    async def forget_user(self, user_id: UserId) -> None:
        """The person has no signing keys, and nothing is kept of what they signed."""
        concerned = await self._lists.concerned(user_id)
        position = self._changes.next_position()
        batch = Batch()
        self._store.forget_user(batch, user_id)
        self._lists.note(batch, user_id, concerned, position)
        await self._database.commit(batch)

    async def _check(
        self, user_id: UserId, keys: Mapping[str, SigningKey], uploaded: Uploaded, kept: Mapping[str, SigningKey]
    ) -> SigningKey:
        """The master key there will be. Raises if others do not go with it, or a device is called as one of them."""
        master = keys.get(MASTER) or kept.get(MASTER)
        if master is None:
            raise NoMasterKey("There is no master key")
        for usage, key in keys.items():
            if usage != MASTER:
                master_signature(key, uploaded[usage], user_id, master)
        devices = (await self._devices.devices_of([user_id])).get(user_id, ())
        if {key.public_key for key in keys.values()} & {str(device.device_id) for device in devices}:
            raise KeyIdInUse("A device is called as one of the keys")
        return master

    async def _set(
        self, user_id: UserId, keys: Mapping[str, SigningKey], uploaded: Uploaded, *, may_replace: bool
    ) -> bool:
        """Whether the keys are the person's now; if none may be replaced, only if there were none."""
        async with self._locks.held([Target(user_id, _OF_THE_PERSON)]):
            kept = await self._store.find_signing_keys(user_id)
            if MASTER in kept and not may_replace:
                return False
            master = await self._check(user_id, keys, uploaded, kept)
            concerned = await self._lists.concerned(user_id) if keys.keys() - {USER_SIGNING} else frozenset({user_id})
            said = await self._said_of_master(user_id, keys, uploaded)
            position = self._changes.next_position()
            batch = Batch()
            for usage in self._replaced(keys, kept):
                self._store.remove_signing_key(batch, user_id, kept[usage])
            for usage, key in keys.items():
                self._store.set_signing_key(batch, user_id, key)
                if usage != MASTER:
                    self._store.set_signature(batch, master_signature(key, uploaded[usage], user_id, master))
            for signature in said:
                self._store.set_signature(batch, signature)
            self._lists.note(batch, user_id, concerned, position)
            await decided(self._database.submit(batch))
        return True

    def _replaced(self, keys: Mapping[str, SigningKey], kept: Mapping[str, SigningKey]) -> list[str]:
        """The usages of the keys that go: those replaced by others, and with a master key all that it signed."""
        changed = [usage for usage in keys if usage in kept and keys[usage].public_key != kept[usage].public_key]
        return [usage for usage in USAGES if usage in kept] if MASTER in changed else changed

    async def _said_of_master(
        self, user_id: UserId, keys: Mapping[str, SigningKey], uploaded: Uploaded
    ) -> list[Signature]:
        """What the master key, and the devices, say of it. Raises InvalidSignature."""
        if MASTER not in keys:
            return []
        master = keys[MASTER]
        mine = signing_keys_of(await self._device_keys.list_device_keys([user_id])) | {master.key_id: master.public_key}
        return verified(uploaded[MASTER], user_id, master.public_key, user_id, mine)
