"""A device that nobody uses now: it receives keys for its owner's next one. Spec: MSC3814."""

from collections.abc import Mapping, Sequence

import msgspec

from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import DeviceId, UserId, size_bytes
from sottovoce.protocol.tokens import TokenSealer

from ..model import (
    MAX_DEHYDRATED_BYTES,
    MAX_KEY_NAME_BYTES,
    DehydratedDevice,
    DehydratedDeviceNotFound,
    InvalidKeys,
    KeysUpload,
    NotTheDehydratedDevice,
    Target,
    ToDeviceMessage,
)
from ..ports import DehydratedStore, Devices
from .departures import KeyDepartures
from .device_keys import DeviceKeys
from .locks import DeviceLocks
from .to_device import ToDevice

_encode = msgspec.json.Encoder().encode
_TOKEN = "dehydrated"
_OF_THE_PERSON = DeviceId("")
"""Under this name the lock of what concerns all the person's devices is held: no device is called so."""


class DehydratedDevices:
    """Keeps at most one such device of each person."""

    def __init__(
        self,
        store: DehydratedStore,
        devices: Devices,
        keys: DeviceKeys,
        to_device: ToDevice,
        departures: KeyDepartures,
        locks: DeviceLocks,
        database: Database,
        changes: Changes,
        sealer: TokenSealer,
    ) -> None:
        self._store = store
        self._devices = devices
        self._keys = keys
        self._to_device = to_device
        self._departures = departures
        self._locks = locks
        self._database = database
        self._changes = changes
        self._sealer = sealer

    async def put(self, device: Target, data: Mapping[str, object], name: str | None, upload: KeysUpload) -> None:
        """The device is there with its keys, in place of the one before, of which nothing is left.

        Raises InvalidKeys, InvalidSignature, OneTimeKeyExists, KeyIdInUse.
        """
        kept = _checked(device, data, name)
        if upload.device_keys is None:
            raise InvalidKeys("A dehydrated device comes with its keys")
        async with self._locks.held([Target(device.user_id, _OF_THE_PERSON)]):
            former = await self._store.find_dehydrated(device.user_id)
            signed_in = (await self._devices.devices_of([device.user_id])).get(device.user_id, ())
            if any(each.device_id == device.device_id for each in signed_in):
                raise InvalidKeys("Another device has this name")

            def replace(batch: Batch) -> None:
                if former is not None:
                    self._departures.remove(batch, Target(device.user_id, former.device_id))
                self._store.set_dehydrated(batch, device.user_id, kept)

            await self._keys.upload(device, upload, instead=replace)

    async def find(self, user_id: UserId) -> DehydratedDevice:
        """The person's dehydrated device. Raises DehydratedDeviceNotFound."""
        device = await self._store.find_dehydrated(user_id)
        if device is None:
            raise DehydratedDeviceNotFound("There is no dehydrated device")
        return device

    async def delete(self, user_id: UserId) -> DeviceId:
        """The device is gone with all that was kept for it; which it was. Raises DehydratedDeviceNotFound."""
        async with self._locks.held([Target(user_id, _OF_THE_PERSON)]):
            device_id = (await self.find(user_id)).device_id
            batch = Batch()
            batch.complete_with(await self._departures.leaving(user_id, [device_id]))
            await self._database.commit(batch)
        return device_id

    async def events(self, device: Target, token: str | None) -> tuple[Sequence[ToDeviceMessage], str]:
        """The messages to the device after the token, which stay until the device is deleted; a token for more.

        Raises DehydratedDeviceNotFound, NotTheDehydratedDevice, InvalidKeys (a token that is not theirs).
        """
        if (await self.find(device.user_id)).device_id != device.device_id:
            raise NotTheDehydratedDevice("This is not your dehydrated device")
        after = 0 if token is None else self._position(device.user_id, token)
        messages = await self._to_device.peek(device, after, self._changes.now.log)
        until = messages[-1].position if messages else after
        return messages, self._sealer.seal(_TOKEN, device.user_id, (until,))

    def _position(self, user_id: UserId, token: str) -> int:
        try:
            return self._sealer.open(_TOKEN, user_id, token)[0]
        except Malformed as cause:
            raise InvalidKeys("This server gave you no such token") from cause


def _checked(device: Target, data: Mapping[str, object], name: str | None) -> DehydratedDevice:
    if not device.device_id.isprintable() or not 0 < size_bytes(device.device_id) <= MAX_KEY_NAME_BYTES:
        raise InvalidKeys(f"A device id has 1 to {MAX_KEY_NAME_BYTES} bytes, all printable")
    if not isinstance(data.get("algorithm"), str):
        raise InvalidKeys("device_data names its algorithm")
    if name is not None and ("\0" in name or size_bytes(name) > MAX_KEY_NAME_BYTES):
        raise InvalidKeys(f"A device's name has at most {MAX_KEY_NAME_BYTES} bytes, none of them NUL")
    encoded = _encode(data)
    if len(encoded) > MAX_DEHYDRATED_BYTES:
        raise InvalidKeys(f"device_data has at most {MAX_DEHYDRATED_BYTES} bytes")
    return DehydratedDevice(device.device_id, encoded, name)
