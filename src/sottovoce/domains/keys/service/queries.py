"""Keys, as others see them."""

from collections.abc import Mapping, Sequence

from sottovoce.domains.accounts.model import Device
from sottovoce.protocol.ids import DeviceId, ServerName, UserId

from ..model import (
    MASTER,
    MAX_PEOPLE_AT_ONCE,
    SELF_SIGNING,
    USER_SIGNING,
    FoundKeys,
    InvalidKeys,
    KeysQuery,
    Signature,
    Target,
)
from ..ports import DeviceKeyStore, Devices, SigningStore
from ..rules import asked_here, with_signatures


class KeyQueries:
    """Answers whose keys are which."""

    def __init__(self, server: ServerName, devices: Devices, store: DeviceKeyStore, signing: SigningStore) -> None:
        self._server = server
        self._devices = devices
        self._store = store
        self._signing = signing

    async def query(self, query: KeysQuery) -> FoundKeys:
        """The keys of the devices asked for; of every person of this server something is said, if only that they
        have none, so that nobody learns who exists.

        Raises InvalidKeys (too many people). Spec: client-server, POST /keys/query.
        """
        if len(query.devices) > MAX_PEOPLE_AT_ONCE:
            raise InvalidKeys(f"Ask for at most {MAX_PEOPLE_AT_ONCE} people at once")
        people, failures = asked_here(query.devices, self._server)
        found = FoundKeys({user_id: {} for user_id in people}, failures, {}, {}, {})
        signatures: dict[Target, list[Signature]] = {}
        for each in await self._signing.list_signatures(people, query.asker):
            signatures.setdefault(Target(each.user_id, DeviceId(each.signed_id)), []).append(each)
        await self._add_devices(query, people, signatures, found)
        await self._add_signing_keys(query, people, signatures, found)
        return found

    async def _add_devices(
        self, query: KeysQuery, people: Sequence[UserId], signatures: Mapping[Target, list[Signature]], found: FoundKeys
    ) -> None:
        names = _names(await self._devices.devices_of(people))
        for device, keys in (await self._store.list_device_keys(people)).items():
            wanted = query.devices[device.user_id]
            if device in names and (not wanted or device.device_id in wanted):
                found.device_keys[device.user_id][device.device_id] = _with_name(
                    with_signatures(keys, signatures.get(device, ())), names[device]
                )

    async def _add_signing_keys(
        self, query: KeysQuery, people: Sequence[UserId], signatures: Mapping[Target, list[Signature]], found: FoundKeys
    ) -> None:
        sections = {
            MASTER: found.master_keys,
            SELF_SIGNING: found.self_signing_keys,
            USER_SIGNING: found.user_signing_keys,
        }
        for user_id, keys in (await self._signing.list_signing_keys(people)).items():
            for key in keys:
                # Whom somebody trusts is their own affair: the key that says it is shown to nobody else.
                if key.usage != USER_SIGNING or user_id == query.asker:
                    said = signatures.get(Target(user_id, DeviceId(key.public_key)), ())
                    sections[key.usage][user_id] = with_signatures(key.content, said)


def _names(devices: Mapping[UserId, Sequence[Device]]) -> dict[Target, str | None]:
    return {
        Target(user_id, each.device_id): each.display_name for user_id, theirs in devices.items() for each in theirs
    }


def _with_name(keys: dict[str, object], name: str | None) -> dict[str, object]:
    return keys if name is None else {**keys, "unsigned": {"device_display_name": name}}
