"""Keys, as others see them."""

from collections.abc import Mapping, Sequence

from sottovoce.domains.accounts.model import Device
from sottovoce.protocol.ids import ServerName, UserId

from ..model import MAX_PEOPLE_AT_ONCE, FoundKeys, InvalidKeys, KeysQuery, Target
from ..ports import DeviceKeyStore, Devices
from ..rules import asked_here


class KeyQueries:
    """Answers whose keys are which."""

    def __init__(self, server: ServerName, devices: Devices, store: DeviceKeyStore) -> None:
        self._server = server
        self._devices = devices
        self._store = store

    async def query(self, query: KeysQuery) -> FoundKeys:
        """The keys of the devices asked for; of every person of this server something is said, if only that they
        have none, so that nobody learns who exists.

        Raises InvalidKeys (too many people). Spec: client-server, POST /keys/query.
        """
        if len(query.devices) > MAX_PEOPLE_AT_ONCE:
            raise InvalidKeys(f"Ask for at most {MAX_PEOPLE_AT_ONCE} people at once")
        people, failures = asked_here(query.devices, self._server)
        found = FoundKeys({user_id: {} for user_id in people}, failures)
        await self._add_devices(query, people, found)
        return found

    async def _add_devices(self, query: KeysQuery, people: Sequence[UserId], found: FoundKeys) -> None:
        names = _names(await self._devices.devices_of(people))
        for device, keys in (await self._store.list_device_keys(people)).items():
            wanted = query.devices[device.user_id]
            if device in names and (not wanted or device.device_id in wanted):
                found.device_keys[device.user_id][device.device_id] = _with_name(keys, names[device])


def _names(devices: Mapping[UserId, Sequence[Device]]) -> dict[Target, str | None]:
    return {
        Target(user_id, each.device_id): each.display_name for user_id, theirs in devices.items() for each in theirs
    }


def _with_name(keys: dict[str, object], name: str | None) -> dict[str, object]:
    return keys if name is None else {**keys, "unsigned": {"device_display_name": name}}
