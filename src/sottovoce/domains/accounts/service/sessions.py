"""Devices and their tokens.

A device has tokens of generations. Signing in begins with generation 1; each refresh makes tokens of the next one. The
first use of a generation spends the one before it, so that a device which never got the answer of a refresh can ask
again. Spent tokens are remembered for one generation more, to tell their device that it may keep what it has.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence

from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.ids import Ids
from sottovoce.protocol.ids import DeviceId, UserId

from ..model import (
    AccountSettings,
    Caller,
    Device,
    DeviceNotFound,
    NewToken,
    Refreshed,
    SignedIn,
    SignIn,
    StoredToken,
    TokenKind,
    TokenState,
    UnknownToken,
    UserLocked,
)
from ..ports import AccountStore, Departures
from ..rules import MAX_DEVICES, check_device_id, check_device_name, hash_of
from .known_tokens import Known, KnownTokens

TOKEN_BYTES = 32
DEVICE_ID_LETTERS = 10
LAST_SEEN_EVERY_MS = 300_000

_sha256 = hashlib.sha256


class Sessions:
    """Who is signed in, and where."""

    def __init__(
        self, database: Database, store: AccountStore, clock: Clock, ids: Ids, settings: AccountSettings
    ) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._ids = ids
        self._lifetime_ms = settings.access_token_lifetime_ms
        self._known = KnownTokens()
        self.on_closed: Callable[[UserId], None] = lambda _: None
        """Told of whoever has devices that are signed out now."""
        self.departures: list[Departures] = []
        """What they keep for a device goes with it."""
        self.unused_devices: Callable[[UserId], Awaitable[Sequence[DeviceId]]] = _no_devices
        """The devices on which nobody is signed in: they go when all go."""
        self._now_ms = clock.now_ms

    async def identify(self, token: str, client_ip: str = "") -> Caller:
        """Whose token it is. Raises UnknownToken. Spec: client-server, Using access tokens."""
        token_hash = _sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._known.find(token_hash)
        if known is None:
            known = await self._find(token_hash)
        now_ms = self._now_ms()
        if now_ms >= known.expires_at_ms:
            raise UnknownToken(soft_logout=True)
        if now_ms - known.seen_at_ms >= LAST_SEEN_EVERY_MS:
            self._note_seen(known, now_ms, client_ip)
        return known.caller

    def begin(self, batch: Batch, user_id: UserId, sign_in: SignIn) -> SignedIn:
        """Once the batch is committed by `commit`, the device is signed in and its earlier tokens are void.

        Raises InvalidValue for a device id or name that cannot be. Spec: client-server, Relationship between access
        tokens and devices.
        """
        name = check_device_name(sign_in.initial_device_display_name)
        if sign_in.device_id is None:
            device_id = DeviceId(self._ids.capitals(DEVICE_ID_LETTERS))
        else:
            device_id = check_device_id(sign_in.device_id)
            self._store.remove_tokens(batch, user_id, device_id)
        self._store.add_device(batch, user_id, Device(device_id, name, self._now_ms(), sign_in.client_ip))
        lifetime_ms = self._lifetime_ms if sign_in.refresh_token else None
        access, refresh = self._issue(batch, user_id, device_id, 1, TokenState.USED, lifetime_ms)
        return SignedIn(user_id, access, device_id, refresh, lifetime_ms)

    async def open(
        self, user_id: UserId, sign_in: SignIn, also_write: Callable[[Batch], None] = lambda _: None
    ) -> SignedIn:
        """The device is signed in, with nothing to prove here. Raises InvalidValue.

        Where the account had MAX_DEVICES others, the one not seen for longest is gone. also_write: adds to the batch.
        """
        batch = Batch()
        signed_in = self.begin(batch, user_id, sign_in)
        also_write(batch)
        await self._commit_new(batch, user_id, signed_in.device_id)
        return signed_in

    async def add(self, user_id: UserId, device_id: str, name: str | None, client_ip: str) -> None:
        """The device is there, without tokens. Raises InvalidValue. Spec: application-service, Creating devices."""
        batch = Batch()
        device = Device(check_device_id(device_id), check_device_name(name), self._now_ms(), client_ip)
        self._store.add_device(batch, user_id, device)
        await self._commit_new(batch, user_id, device.device_id)

    async def commit(self, batch: Batch, user_id: UserId, device_id: DeviceId | None = None) -> None:
        """The batch is durable, and no token of the device (None: of all) is taken from memory any more."""
        future = self._database.submit(batch)
        future.add_done_callback(lambda _: self._known.forget(user_id, device_id))
        await asyncio.shield(future)

    async def refresh(self, refresh_token: str) -> Refreshed:
        """New tokens for the device; the ones it has stay valid until a new one is used.

        Raises UnknownToken, UserLocked. Spec: client-server, Refreshing access tokens.
        """
        stored = await self._stored(TokenKind.REFRESH, hash_of(refresh_token))
        if stored.is_locked:
            raise UserLocked("This account has been locked")
        batch = Batch()
        if stored.state == TokenState.FRESH:
            self._store.use_generation(batch, stored.user_id, stored.device_id, stored.generation)
        access, refresh = self._issue(
            batch, stored.user_id, stored.device_id, stored.generation + 1, TokenState.FRESH, self._lifetime_ms
        )
        assert refresh is not None
        await self.commit(batch, stored.user_id, stored.device_id)
        return Refreshed(access, refresh, self._lifetime_ms)

    async def close(self, user_id: UserId, device_ids: Iterable[DeviceId]) -> None:
        """The devices are gone with all their tokens; those that were not there still are not."""
        batch = Batch()
        await self._remove(batch, user_id, list(device_ids))
        await self.commit(batch, user_id)
        self.on_closed(user_id)

    async def close_all(self, user_id: UserId, *, except_device: DeviceId | None = None) -> None:
        """Every device of the user but that one is gone with all its tokens."""
        batch = Batch()
        await self.remove_all(batch, user_id, except_device=except_device)
        await self.commit(batch, user_id)
        self.on_closed(user_id)

    async def remove_all(self, batch: Batch, user_id: UserId, *, except_device: DeviceId | None = None) -> None:
        """As `close_all`, once the batch is committed by `commit`."""
        devices = [device.device_id for device in await self._store.list_devices(user_id)]
        if except_device is None:
            devices += await self.unused_devices(user_id)
        await self._remove(batch, user_id, [device_id for device_id in devices if device_id != except_device])

    async def is_signed_in(self, user_id: UserId, device_id: DeviceId) -> bool:
        """Whether the device is there, and so signed in. Raises UserLocked."""
        user = await self._store.find_user(user_id)
        if user is not None and user.locked_at_ms is not None:
            raise UserLocked("This account has been locked")
        return await self._store.find_device(user_id, device_id) is not None

    async def devices(self, user_id: UserId) -> list[Device]:
        """The user's devices. Their times are up to LAST_SEEN_EVERY_MS old. Spec: client-server, Device management."""
        return await self._store.list_devices(user_id)

    async def devices_of(self, user_ids: Iterable[UserId]) -> dict[UserId, list[Device]]:
        """The devices of all these people; those who have none are left out."""
        return await self._store.list_devices_of(user_ids)

    async def device(self, user_id: UserId, device_id: str) -> Device:
        """One of the user's devices. Raises DeviceNotFound."""
        device = await self._store.find_device(user_id, DeviceId(device_id))
        if device is None:
            raise DeviceNotFound("There is no such device")
        return device

    async def rename(self, user_id: UserId, device_id: str, name: str | None) -> None:
        """The device is called so; None leaves it as it is. Raises DeviceNotFound, InvalidValue."""
        device = await self.device(user_id, device_id)
        checked = check_device_name(name)
        if checked is not None:
            batch = Batch()
            self._store.set_device_name(batch, user_id, device.device_id, checked)
            await self._database.commit(batch)

    async def _commit_new(self, batch: Batch, user_id: UserId, device_id: DeviceId) -> None:
        """The batch is durable, which may bring this device, and the account has no more devices than it may."""
        surplus = await self._store.list_surplus_devices(user_id, device_id, MAX_DEVICES - 1)
        if not surplus:
            await self.commit(batch, user_id, device_id)
            return
        await self._remove(batch, user_id, surplus)
        await self.commit(batch, user_id)
        self.on_closed(user_id)

    async def _remove(self, batch: Batch, user_id: UserId, device_ids: Sequence[DeviceId]) -> None:
        for device_id in device_ids:
            self._store.remove_device(batch, user_id, device_id)
        for departures in self.departures:
            batch.complete_with(await departures.leaving(user_id, device_ids))

    async def _find(self, token_hash: bytes) -> Known:
        times_forgotten = self._known.times_forgotten
        stored = await self._stored(TokenKind.ACCESS, token_hash)
        if stored.state == TokenState.FRESH:
            batch = Batch()
            self._store.use_generation(batch, stored.user_id, stored.device_id, stored.generation)
            await self.commit(batch, stored.user_id, stored.device_id)
            return await self._find(token_hash)
        caller = Caller(
            stored.user_id,
            stored.device_id,
            stored.is_admin,
            is_guest=stored.is_guest,
            is_locked=stored.is_locked,
            is_suspended=stored.is_suspended,
            is_restricted=stored.is_guest or stored.is_locked or stored.is_suspended,
        )
        known = Known(caller, stored.expires_at_ms, stored.last_seen_at_ms)
        self._known.add(token_hash, known, times_forgotten)
        return known

    async def _stored(self, kind: int, token_hash: bytes) -> StoredToken:
        stored = await self._store.find_token(kind, token_hash)
        if stored is None or stored.state == TokenState.SPENT:
            raise UnknownToken(soft_logout=stored is not None)
        return stored

    def _issue(
        self, batch: Batch, user_id: UserId, device_id: DeviceId, generation: int, state: int, lifetime_ms: int | None
    ) -> tuple[str, str | None]:
        """An access token and, if it has a lifetime, a refresh token."""
        now_ms = self._now_ms()

        def new(token: str, kind: int, expires_at_ms: int | None) -> NewToken:
            return NewToken(hash_of(token), kind, user_id, device_id, generation, state, now_ms, expires_at_ms)

        access = self._ids.url_safe(TOKEN_BYTES)
        if lifetime_ms is None:
            self._store.add_tokens(batch, [new(access, TokenKind.ACCESS, None)])
            return access, None
        refresh = self._ids.url_safe(TOKEN_BYTES)
        both = [new(access, TokenKind.ACCESS, now_ms + lifetime_ms), new(refresh, TokenKind.REFRESH, None)]
        self._store.add_tokens(batch, both)
        return access, refresh

    def _note_seen(self, known: Known, now_ms: int, client_ip: str) -> None:
        known.seen_at_ms = now_ms
        batch = Batch()
        self._store.set_last_seen(batch, known.caller.user_id, known.caller.device_id, now_ms, client_ip)
        # Nobody waits for it, and if it fails the next sighting writes it again.
        self._database.submit(batch).add_done_callback(lambda done: done.cancelled() or done.exception())


async def _no_devices(user_id: UserId) -> Sequence[DeviceId]:
    return ()
