"""The long poll: register, read, wait, in that order, always."""

from collections.abc import Awaitable, Sequence

from sottovoce.domains.accounts.model import UnknownToken
from sottovoce.domains.changes.model import Moved, Positions, SyncAnswer, SyncAsk
from sottovoce.domains.changes.ports import Feed
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.clock import Clock
from sottovoce.infra.pace import Pace
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import DeviceId, UserId
from sottovoce.protocol.tokens import TokenSealer

from ..model import SyncRequest, UnknownSyncToken
from ..ports import Deliveries, Devices, Sightings
from ..rules import encoded

MAX_TIMEOUT_MS = 120_000
ANSWERS_PER_TURN = 4
"""How many of those who were woken are answered in one turn of the event loop."""
_KIND = "sync"


class Sync:
    """Answers what is new, now or as soon as there is something."""

    def __init__(
        self,
        changes: Changes,
        feeds: Sequence[Feed],
        sealer: TokenSealer,
        sightings: Sightings,
        devices: Devices,
        deliveries: Deliveries,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._feeds = tuple(feeds)
        self._sealer = sealer
        self._sightings = sightings
        self._devices = devices
        self._deliveries = deliveries
        self._clock = clock
        self._pace = Pace(ANSWERS_PER_TURN)

    def answer(self, user_id: UserId, device_id: DeviceId, request: SyncRequest) -> Awaitable[bytes]:
        """The JSON of what is new since the token, at once or within the timeout; everything, without a token.

        Raises UnknownSyncToken, UnknownToken (the device was signed out meanwhile). Spec: client-server, GET /sync.
        """
        # Not a coroutine itself: thousands wait at a time, and each level of waiting holds memory.
        since = None if request.since is None else self._opened(user_id, request.since)
        self._sightings.seen(user_id, device_id, request.set_presence, request.timeout_ms)
        if since is not None:
            self._deliveries.acknowledge(user_id, device_id, since.received)
        if since is None or request.full_state:
            return self._read(user_id, device_id, request, since, self._changes.now)
        return self._listen(user_id, device_id, request, since)

    async def _listen(self, user_id: UserId, device_id: DeviceId, request: SyncRequest, since: Positions) -> bytes:
        until_s = self._clock.monotonic_s() + min(request.timeout_ms, MAX_TIMEOUT_MS) / 1000
        read: Positions | None = None
        try:
            with self._changes.listen(user_id) as listener:
                while True:
                    if self._changes.now != read:
                        await self._pace.turn()
                    now = self._changes.now
                    moved = self._changes.moved(user_id, since, now)
                    if now != read and not moved.is_empty:
                        if (
                            device_id
                            and moved.has("devices")
                            and not await self._devices.is_signed_in(user_id, device_id)
                        ):
                            raise UnknownToken(soft_logout=False)
                        answer = await self._asked(_ask(user_id, device_id, request, since, now, moved))
                        if not answer.is_empty:
                            return self._encoded(user_id, request, answer, now)
                        read = now
                    left_s = until_s - self._clock.monotonic_s()
                    if self._changes.is_closing or left_s <= 0:
                        return await self._no_news(request, _ask(user_id, device_id, request, since, now, moved))
                    del moved
                    await listener.wait(left_s)
        finally:
            self._sightings.seen(user_id, device_id, request.set_presence)

    async def _no_news(self, request: SyncRequest, ask: SyncAsk) -> bytes:
        """What every answer says, and nothing else."""
        answer = SyncAnswer()
        for feed in self._feeds:
            if feed.stream in _IN_EVERY_ANSWER:
                await feed.contribute(ask, answer)
        return self._encoded(ask.user_id, request, answer, ask.now)

    async def _read(
        self, user_id: UserId, device_id: DeviceId, request: SyncRequest, since: Positions | None, now: Positions
    ) -> bytes:
        moved = None if since is None else self._changes.moved(user_id, since, now)
        answer = await self._asked(_ask(user_id, device_id, request, since, now, moved))
        return self._encoded(user_id, request, answer, now)

    async def _asked(self, ask: SyncAsk) -> SyncAnswer:
        answer = SyncAnswer()
        is_whole = ask.since is None or ask.full_state
        for feed in self._feeds:
            if is_whole or answer.new_rooms or ask.has_moved(feed.stream) or feed.stream in _ALWAYS:
                await feed.contribute(ask, answer)
        return answer

    def _encoded(self, user_id: UserId, request: SyncRequest, answer: SyncAnswer, now: Positions) -> bytes:
        next_batch = self._sealer.seal(_KIND, user_id, _numbers(now, answer))
        return encoded(answer, next_batch, state_after=request.use_state_after)

    def _opened(self, user_id: UserId, token: str) -> Positions:
        try:
            return Positions(*self._sealer.open(_KIND, user_id, token))
        except (Malformed, TypeError) as cause:
            raise UnknownSyncToken from cause


def _ask(
    user_id: UserId,
    device_id: DeviceId,
    request: SyncRequest,
    since: Positions | None,
    now: Positions,
    moved: Moved | None,
) -> SyncAsk:
    return SyncAsk(user_id, device_id, since, now, request.filter, request.full_state, moved, request.use_state_after)


def _numbers(now: Positions, answer: SyncAnswer) -> tuple[int, ...]:
    numbers = (now.log, now.live, now.epoch)
    return numbers if answer.to_device_until is None else (*numbers, answer.to_device_until)


_IN_EVERY_ANSWER = frozenset({"key_counts"})
"""What they say is never left out: a device takes silence for a zero."""
_ALWAYS = frozenset({"rooms", "push", *_IN_EVERY_ANSWER})
"""Asked whenever anything moved: rooms tell the others which ones there are, counts follow from all the rest."""
