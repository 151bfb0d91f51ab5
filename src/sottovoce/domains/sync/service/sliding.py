"""The sliding sync: only the rooms a client looks at, and of each what it has not been told. Spec: MSC4186.

The order is that of every sync: register, read, wait. What a connection was told is written down when its answer is
ready, and counts once the client asks on from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sottovoce.domains.accounts.model import UnknownToken
from sottovoce.domains.changes.model import Moved, Positions, RoomAsk, ToldRoom
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.clock import Clock
from sottovoce.infra.pace import Pace
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import DeviceId, RoomId, UserId
from sottovoce.protocol.required_state import RequiredState
from sottovoce.protocol.tokens import TokenSealer

from ..model import ListAsk, RoomConfig, SlidingAnswer, SlidingRequest, UnknownPosition
from ..model.sliding import MAX_TIMEOUT_MS
from ..ports import Devices, RoomNewsSource, Sightings
from ..rules import chosen, windows
from .connections import Connection, Connections, Progress
from .extensions import Asking, Extensions
from .orders import Order, Orders

ANSWERS_PER_TURN = 4
"""How many of those who were woken are answered in one turn of the event loop."""
ROOMS_TOGETHER = 50
"""How many rooms' news are read at once; others are let in between."""
_KIND = "sync"
_NO_MESSAGES = 0
"""Stands where a classic token says how far messages to the device have arrived; these have a token of their own."""


@dataclass(slots=True)
class _Draft:
    """An answer being made, and what the connection will have been told with it."""

    order: Order
    positions: Positions
    progress: Progress
    answer: SlidingAnswer = field(default_factory=SlidingAnswer)
    telling: dict[RoomId, ToldRoom] = field(default_factory=dict)


class SlidingSync:
    """Answers what is new in the windows a client looks through, now or as soon as there is something."""

    def __init__(
        self,
        changes: Changes,
        orders: Orders,
        rooms: RoomNewsSource,
        extensions: Extensions,
        sealer: TokenSealer,
        sightings: Sightings,
        devices: Devices,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._orders = orders
        self._rooms = rooms
        self._extensions = extensions
        self._sealer = sealer
        self._sightings = sightings
        self._devices = devices
        self._clock = clock
        self._connections = Connections()
        self._pace = Pace(ANSWERS_PER_TURN)

    async def answer(self, user_id: UserId, device_id: DeviceId, request: SlidingRequest) -> SlidingAnswer:
        """What is new for the connection since its position, at once or within the timeout; all, without a position.

        Raises UnknownPosition, BadSlidingRequest, UnknownToken (the device was signed out meanwhile). Spec: MSC4186.
        """
        connection = self._connection(user_id, device_id, request)
        self._sightings.seen(user_id, device_id, request.set_presence, request.timeout_ms)
        if connection.acknowledged.positions is None:
            draft = await self._drafted(user_id, device_id, request, connection)
            return self._sent(user_id, connection, connection.turn, draft)
        try:
            return await self._listen(user_id, device_id, request, connection)
        finally:
            self._sightings.seen(user_id, device_id, request.set_presence)

    async def forget_user(self, user_id: UserId) -> None:
        """Nothing is remembered of what the person's devices were told."""
        self._connections.forget(user_id)
        self._orders.forget(user_id)

    async def _listen(
        self, user_id: UserId, device_id: DeviceId, request: SlidingRequest, connection: Connection
    ) -> SlidingAnswer:
        turn = connection.turn
        until_s = self._clock.monotonic_s() + min(request.timeout_ms, MAX_TIMEOUT_MS) / 1000
        draft: _Draft | None = None
        with self._changes.listen(user_id) as listener:
            while True:
                await self._pace.turn()
                if draft is None or draft.positions != self._changes.now:
                    draft = await self._drafted(user_id, device_id, request, connection)
                left_s = until_s - self._clock.monotonic_s()
                is_over = self._changes.is_closing or left_s <= 0 or connection.turn != turn
                if is_over or not draft.answer.is_empty:
                    return self._sent(user_id, connection, turn, draft)
                await listener.wait(left_s)

    async def _drafted(
        self, user_id: UserId, device_id: DeviceId, request: SlidingRequest, connection: Connection
    ) -> _Draft:
        """What the connection would be told now. Raises UnknownToken."""
        order = await self._orders.current(user_id)
        now = order.positions
        draft = _Draft(order, now, Progress(positions=now))
        moved = await self._moved(user_id, device_id, connection.acknowledged.positions, now)
        lists = await self._listed(order, request, connection, draft.answer)
        subscribed = {
            room_id: config
            for room_id, config in request.subscriptions.items()
            if room_id in order.places and (order.places[room_id].is_open or room_id in connection.told)
        }
        asks = self._asks(user_id, device_id, connection, draft, lists, subscribed)
        await self._tell_rooms(asks, draft)
        room_lists = {room_id: [each.name for each in asking] for room_id, asking in lists.items()}
        draft.answer.room_lists = {room_id: room_lists.get(room_id, []) for room_id in draft.answer.rooms}
        asking = Asking(
            user_id,
            device_id,
            request,
            connection.acknowledged,
            now,
            moved,
            room_lists,
            subscribed.keys(),
            {room for room in lists.keys() | subscribed.keys() if order.places[room].membership == "join"},
            lambda room_id: draft.telling.get(room_id) or connection.told.get(room_id),
        )
        await self._extensions.fill(asking, draft.answer, draft.progress)
        return draft

    async def _moved(
        self, user_id: UserId, device_id: DeviceId, since: Positions | None, now: Positions
    ) -> Moved | None:
        """What moved since; None without a since. Raises UnknownToken if the device was signed out meanwhile."""
        if since is None:
            return None
        moved = self._changes.moved(user_id, since, now)
        if moved.has("devices") and not await self._devices.is_signed_in(user_id, device_id):
            raise UnknownToken(soft_logout=False)
        return moved

    def _asks(
        self,
        user_id: UserId,
        device_id: DeviceId,
        connection: Connection,
        draft: _Draft,
        lists: Mapping[RoomId, list[ListAsk]],
        subscribed: Mapping[RoomId, RoomConfig],
    ) -> list[RoomAsk]:
        """A question for each room that may have news, the most recent first."""
        order, now, since = draft.order, draft.positions.log, connection.acknowledged.positions
        live_after = now if since is None else since.log
        asks = []
        together: dict[tuple[str, ...], tuple[int, RequiredState]] = {}
        for room_id in lists.keys() | subscribed.keys():
            asking, config = lists.get(room_id, ()), subscribed.get(room_id)
            names = tuple([each.name for each in asking])
            # Most rooms are in the same lists and in no subscription: what is asked of them is found out once.
            known = together.get(names) if config is None else None
            if known is None:
                known = chosen(asking, config)
                if config is None:
                    together[names] = known
            told = connection.told.get(room_id)
            if _may_have_news(order, room_id, told, *known):
                asks.append(RoomAsk(user_id, device_id, room_id, now, live_after, *known, told))
        asks.sort(key=lambda ask: order.places[ask.room_id].position, reverse=True)
        return asks

    async def _listed(
        self, order: Order, request: SlidingRequest, connection: Connection, answer: SlidingAnswer
    ) -> Mapping[RoomId, list[ListAsk]]:
        """The rooms in the windows of lists, and in which; the answer has the lists' lengths."""
        listed: dict[RoomId, list[ListAsk]] = {}
        hidden = order.unlisted - connection.told.keys()
        for ask in request.lists:
            rooms = await self._orders.list_of(order, ask.filters)
            if hidden:
                rooms = [room for room in rooms if room not in hidden]
            answer.counts[ask.name] = len(rooms)
            for room_id in windows(ask.ranges, rooms):
                listed.setdefault(room_id, []).append(ask)
        return listed

    async def _tell_rooms(self, asks: list[RoomAsk], draft: _Draft) -> None:
        for start in range(0, len(asks), ROOMS_TOGETHER):
            together = asks[start : start + ROOMS_TOGETHER]
            if len(together) > 1:
                await self._rooms.read_ahead(together)
            for ask in together:
                await self._tell_room(ask, draft)
            if len(together) == ROOMS_TOGETHER:
                await self._pace.turn()

    async def _tell_room(self, ask: RoomAsk, draft: _Draft) -> None:
        news = await self._rooms.news(ask)
        if news is None:
            return
        is_direct = ask.room_id in draft.order.direct
        if is_direct is not (ask.told is not None and not news.initial and ask.told.is_direct):
            news.is_direct = is_direct
        news.told = replace(news.told, is_direct=is_direct)
        if news.told != ask.told:
            draft.telling[ask.room_id] = news.told
        if not news.is_empty:
            draft.answer.rooms[ask.room_id] = news

    def _connection(self, user_id: UserId, device_id: DeviceId, request: SlidingRequest) -> Connection:
        if request.pos is None:
            return self._connections.begin(user_id, device_id, request.conn_id)
        try:
            _, _, epoch, _, serial = self._sealer.open(_KIND, user_id, request.pos)
        except (Malformed, ValueError) as cause:
            raise UnknownPosition from cause
        if epoch != self._changes.now.epoch:
            raise UnknownPosition
        return self._connections.find(user_id, device_id, request.conn_id, serial)

    def _sent(self, user_id: UserId, connection: Connection, turn: int, draft: _Draft) -> SlidingAnswer:
        if connection.turn == turn and connection.is_open:
            self._connections.send(connection, draft.progress, draft.telling)
        else:  # overtaken by another request: nobody reads this answer
            draft.answer, draft.progress.serial = SlidingAnswer(), connection.sent.serial
        log, live, epoch = draft.positions[:3]
        draft.answer.pos = self._sealer.seal(_KIND, user_id, (log, live, epoch, _NO_MESSAGES, draft.progress.serial))
        return draft.answer


def _may_have_news(
    order: Order, room_id: RoomId, told: ToldRoom | None, timeline_limit: int, required: RequiredState
) -> bool:
    """Whether the room has to be looked at: something happened in it, or it is asked for otherwise than before."""
    if told is None or order.places[room_id].position > told.until:
        return True
    if told.is_direct is not (room_id in order.direct):
        return True
    return told.is_whole and (
        timeline_limit > told.limit or (required is not told.required and required != told.required)
    )
