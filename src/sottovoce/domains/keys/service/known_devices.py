"""All devices that messages and keys can be for: those signed in, and those nobody uses now."""

from collections.abc import Iterable, Mapping, Sequence

from sottovoce.domains.accounts.model import Device
from sottovoce.protocol.ids import UserId

from ..ports import DehydratedStore, Devices


class KnownDevices:
    """Implements ports.Devices."""

    def __init__(self, signed_in: Devices, dehydrated: DehydratedStore) -> None:
        self._signed_in = signed_in
        self._dehydrated = dehydrated

    async def devices_of(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Sequence[Device]]:
        """The devices of all these people, dehydrated ones too; those who have none are left out."""
        people = list(user_ids)
        devices = {user_id: list(theirs) for user_id, theirs in (await self._signed_in.devices_of(people)).items()}
        for user_id, device in (await self._dehydrated.list_dehydrated(people)).items():
            devices.setdefault(user_id, []).append(Device(device.device_id, device.display_name, 0, ""))
        return devices
