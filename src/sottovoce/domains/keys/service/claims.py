"""One-time keys, each given once."""

from collections.abc import Mapping

import msgspec

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import DeviceId, ServerName

from ..model import KEY_COUNTS, MAX_CLAIMS_AT_ONCE, ClaimedKeys, InvalidKeys, OneTimeKey, Target
from ..ports import DeviceKeyStore
from ..rules import asked_here, is_name
from .key_counts import Counts
from .locks import DeviceLocks, decided


class KeyClaims:
    """Gives keys away."""

    def __init__(
        self,
        server: ServerName,
        store: DeviceKeyStore,
        counts: Counts,
        locks: DeviceLocks,
        database: Database,
        changes: Changes,
    ) -> None:
        self._server = server
        self._store = store
        self._counts = counts
        self._locks = locks
        self._database = database
        self._changes = changes

    async def claim(self, wanted: Mapping[str, Mapping[str, str]]) -> ClaimedKeys:
        """A key of each device of which one is wanted, by person, device and algorithm: the oldest that is left.

        Nobody else gets the same, durably; but where none is left, the fallback key, which everybody gets.
        Raises InvalidKeys (too many). Spec: client-server, POST /keys/claim.
        """
        people, failures = asked_here(wanted, self._server)
        devices = {
            Target(user_id, DeviceId(device_id)): algorithm
            for user_id in people
            for device_id, algorithm in wanted[user_id].items()
            if is_name(device_id) and is_name(algorithm)
        }
        if len(devices) > MAX_CLAIMS_AT_ONCE:
            raise InvalidKeys(f"At most {MAX_CLAIMS_AT_ONCE} keys at once")
        async with self._locks.held(devices):
            found = await self._take(devices)
        claimed = ClaimedKeys({}, failures)
        for (user_id, device_id), key in found.items():
            claimed.one_time_keys.setdefault(user_id, {})[device_id] = {key.name: msgspec.Raw(key.content)}
        return claimed

    async def _take(self, devices: Mapping[Target, str]) -> Mapping[Target, OneTimeKey]:
        batch = Batch()
        found: dict[Target, OneTimeKey] = {}
        moved: list[Target] = []
        for device, algorithm in devices.items():
            key = await self._store.first_one_time_key(device, algorithm)
            if key is not None:
                self._store.remove_one_time_key(batch, device, key)
            else:
                fallback = await self._store.find_fallback_key(device, algorithm)
                if fallback is None:
                    continue
                key = fallback.key
                if not fallback.is_used:
                    self._store.use_fallback_key(batch, device, algorithm)
            found[device] = key
            if len(batch.writes) > len(moved):
                moved.append(device)
        if moved:
            position = self._changes.next_position()
            batch.announce(Change(KEY_COUNTS, position, None, frozenset(device.user_id for device in moved)))
            written = self._database.submit(batch)
            for device in moved:
                self._counts.moving(device, written, position)
            await decided(written)
        return found
