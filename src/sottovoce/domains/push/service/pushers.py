"""Where people want to be told: setting, listing and removing their pushers."""

from collections.abc import Callable, Sequence

import msgspec

from sottovoce.domains.changes.service import Changes
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.ids import Ids
from sottovoce.protocol.ids import DeviceId, UserId

from ..model import (
    BadPusher,
    ExpiredActivationToken,
    Pusher,
    PusherKey,
    PusherNotFound,
    SetPusher,
    UnknownActivationToken,
)
from ..ports import PusherStore
from ..rules.pushers import ACTIVATION_WITHIN_MS, PUSHERS_MAX, check_key, checked, needs_activation

ACK_TOKEN_LETTERS = 36


class Pushers:
    """Everybody's pushers. A device's go with the device: implements accounts.ports.Departures."""

    def __init__(
        self, store: PusherStore, database: Database, changes: Changes, clock: Clock, ids: Ids, *, is_lax: bool
    ) -> None:
        self._store = store
        self._database = database
        self._changes = changes
        self._clock = clock
        self._ids = ids
        self._is_lax = is_lax
        self.on_set: Callable[[Pusher], None] = lambda _: None
        """Told of every pusher that was set or activated."""
        self.on_removed: Callable[[PusherKey], None] = lambda _: None
        """Told of every pusher that is gone; of some twice."""

    async def list(self, user_id: UserId) -> Sequence[Pusher]:
        """The person's pushers. Spec: client-server, GET /pushers."""
        return await self._store.list_pushers(user_id)

    async def set(self, user_id: UserId, device_id: DeviceId, asked: SetPusher) -> bool:
        """The pusher is there, as asked, or gone if its kind is null; whether it has to be activated yet.

        Unless `append`, nobody else has a pusher of this app and pushkey any more.
        Raises BadPusher, PusherIncomplete. Spec: client-server, POST /pushers/set; MSC4174.
        """
        key = PusherKey(user_id, asked.app_id, asked.pushkey)
        if asked.kind is None:
            check_key(asked)
            await self.remove(key)
            return False
        said = checked(asked, is_lax=self._is_lax)
        own = await self._store.list_pushers(user_id)
        former = next((pusher for pusher in own if pusher.key == key), None)
        if former is None and len(own) >= PUSHERS_MAX:
            raise BadPusher(f"one person may have at most {PUSHERS_MAX} pushers")
        batch = Batch()
        others = [] if asked.append else await self._store.list_same(asked.app_id, asked.pushkey)
        others = [other for other in others if other.user_id != user_id]
        for other in others:
            self._store.remove_pusher(batch, other)
        is_waiting = needs_activation(former, asked.kind, said)
        now_ms = self._clock.now_ms()
        pusher = Pusher(
            key=key,
            device_id=device_id,
            kind=asked.kind,
            said=said,
            set_at_ms=now_ms,
            position=self._changes.now.log if former is None else former.position,
            is_active=not is_waiting,
            ack_token=self._ids.letters(ACK_TOKEN_LETTERS) if is_waiting else None,
            ack_until_ms=now_ms + ACTIVATION_WITHIN_MS if is_waiting else None,
        )
        self._store.set_pusher(batch, pusher)
        await self._database.commit(batch)
        for other in others:
            self.on_removed(other)
        self.on_set(pusher)
        return is_waiting

    async def activate(self, user_id: UserId, app_id: str, ack_token: str) -> None:
        """The pusher that was sent this token gets from now on what it is for.

        Raises PusherNotFound, UnknownActivationToken, ExpiredActivationToken. Spec: MSC4174.
        """
        mine = [pusher for pusher in await self._store.list_pushers(user_id) if pusher.key.app_id == app_id]
        if not mine:
            raise PusherNotFound
        pusher = next((each for each in mine if each.ack_token is not None and each.ack_token == ack_token), None)
        if pusher is None:
            raise UnknownActivationToken
        if self._clock.now_ms() >= (pusher.ack_until_ms or 0):
            raise ExpiredActivationToken
        batch = Batch()
        self._store.activate_pusher(batch, pusher.key, ack_token, self._changes.now.log)
        await self._database.commit(batch)
        self.on_set(msgspec.structs.replace(pusher, is_active=True, ack_token=None, ack_until_ms=None))

    async def remove(self, key: PusherKey) -> None:
        """The pusher is gone, if it was there."""
        batch = Batch()
        self._store.remove_pusher(batch, key)
        await self._database.commit(batch)
        self.on_removed(key)

    async def leaving(self, user_id: UserId, device_ids: Sequence[DeviceId]) -> Callable[[Batch], None]:
        """In the batch that removes the devices, the pushers they set are removed too."""
        gone = [pusher.key for pusher in await self._store.list_pushers(user_id) if pusher.device_id in device_ids]

        def complete(batch: Batch) -> None:
            for device_id in device_ids if gone else ():
                self._store.remove_pushers_of(batch, user_id, device_id)
            for key in gone:
                self.on_removed(key)

        return complete

    async def forget_user(self, user_id: UserId) -> None:
        """The person has no pushers."""
        for pusher in await self._store.list_pushers(user_id):
            await self.remove(pusher.key)
