"""What a sliding sync tells beside rooms.

Spec: MSC4508 (common format, typing), MSC4538 (messages to the device), MSC4543 (keys), MSC3959 (account data),
MSC3960 (receipts).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sottovoce.domains.changes.model import Moved, Positions, SyncAnswer, SyncAsk, ToldRoom
from sottovoce.domains.changes.ports import Feed
from sottovoce.domains.keys.model import Target
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.filters import EventFilter, Filter, RoomFilter
from sottovoce.protocol.ids import DeviceId, RoomId, UserId
from sottovoce.protocol.tokens import TokenSealer

from ..model import BadSlidingRequest, KeyNews, Scope, SlidingAnswer, SlidingRequest, ToDeviceAsk, ToDeviceNews
from ..ports import KeptData, Messages, RoomReceipts, RoomTyping
from ..rules import in_scope
from .connections import Progress

_USUAL_ALGORITHM = "signed_curve25519"
"""Named also where no key is left: some clients take what is not named for unchanged."""
_PUSH_RULES = "push_rules"
_TO_DEVICE = "to_device"
_NO_ACCOUNT_DATA = Filter(account_data=EventFilter(types=frozenset()))


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the extensions take from what they tell.

    keys: whose devices changed, and how many keys are left. push: the rules, as account data, and the unread counts.
    """

    kept: KeptData
    receipts: RoomReceipts
    messages: Messages
    keys: Sequence[Feed]
    typing: RoomTyping
    push: Feed


@dataclass(slots=True)
class Asking:
    """One request, as the extensions see it.

    moved: what moved since `before` was sent; None: everything is new. room_lists: the rooms in lists, and in which.
    joined: of all these rooms those the person is in. told: what the client knows of a room once it has the answer.
    """

    user_id: UserId
    device_id: DeviceId
    request: SlidingRequest
    before: Progress
    now: Positions
    moved: Moved | None
    room_lists: Mapping[RoomId, Iterable[str]]
    subscribed: AbstractSet[RoomId]
    joined: AbstractSet[RoomId]
    told: Callable[[RoomId], ToldRoom | None]

    def has_moved(self, stream: str) -> bool:
        return self.moved is None or self.moved.has(stream)

    def among(self, stream: str, rooms: AbstractSet[RoomId]) -> AbstractSet[RoomId]:
        """Those of the rooms that may have moved in this stream."""
        moved = None if self.moved is None else self.moved.rooms(stream)
        return rooms if moved is None else rooms & moved

    def sync_ask(self, since: Positions | None, filter: Filter) -> SyncAsk:
        return SyncAsk(self.user_id, self.device_id, since, self.now, filter, False, self.moved)


class Extensions:
    """Fills in the sections of an answer that are not rooms."""

    def __init__(self, sources: Sources, sealer: TokenSealer) -> None:
        self._sources = sources
        self._sealer = sealer

    async def fill(self, asking: Asking, answer: SlidingAnswer, progress: Progress) -> None:
        """The answer holds what was asked for beside rooms; progress says what the client then knows of it."""
        extensions = asking.request.extensions
        if extensions.to_device is not None:
            await self._to_device(asking, extensions.to_device, answer)
        if extensions.e2ee:
            await self._keys(asking, answer, progress)
        if extensions.account_data is not None:
            await self._account_data(asking, extensions.account_data, answer, progress)
        if extensions.receipts is not None:
            await self._receipts(asking, extensions.receipts, answer, progress)
        if extensions.typing is not None:
            self._typing(asking, extensions.typing, answer, progress)
        if asking.request.counts_unread:
            await self._unread(asking, answer)

    async def _to_device(self, asking: Asking, ask: ToDeviceAsk, answer: SlidingAnswer) -> None:
        """What waits for the device after the messages it has. Raises BadSlidingRequest. Spec: MSC4538."""
        audience = f"{asking.user_id} {asking.device_id}"
        try:
            after = 0 if ask.since is None else self._sealer.open(_TO_DEVICE, audience, ask.since)[0]
        except Malformed as cause:
            raise BadSlidingRequest("since: this token was not given to this device") from cause
        device = Target(asking.user_id, asking.device_id)
        messages, _ = await self._sources.messages.waiting(device, after, asking.now.log, ask.limit)
        if messages:
            next_batch = self._sealer.seal(_TO_DEVICE, audience, (messages[-1].position,))
            answer.to_device = ToDeviceNews(next_batch, [message.event for message in messages])

    async def _keys(self, asking: Asking, answer: SlidingAnswer, progress: Progress) -> None:
        """Whose devices changed; and the counts of keys, if the client does not know them. Spec: MSC4543."""
        before, heard = asking.before, SyncAnswer()
        ask = asking.sync_ask(before.positions, Filter())
        for feed in self._sources.keys:
            await feed.contribute(ask, heard)
        one_time = {_USUAL_ALGORITHM: 0} | (heard.one_time_keys or {})
        progress.key_counts = (one_time, list(heard.unused_fallback_keys or ()))
        if progress.key_counts != before.key_counts or not heard.device_lists.is_empty:
            lists = None if before.positions is None else heard.device_lists
            answer.keys = KeyNews(lists, *progress.key_counts)

    async def _account_data(self, asking: Asking, scope: Scope, answer: SlidingAnswer, progress: Progress) -> None:
        kept, user_id, now = self._sources.kept, asking.user_id, asking.now
        new, others = self._scoped("account_data", asking, scope, progress)
        since = asking.before.positions if "account_data" in asking.before.scopes else None
        after = None if since is None else since.log
        if after is None or asking.has_moved("account_data"):
            answer.account_data = await kept.global_events(user_id, after, now.log)
        if after is None or asking.has_moved("account_data") or asking.has_moved(_PUSH_RULES):
            rules = SyncAnswer()
            await self._sources.push.contribute(asking.sync_ask(since, Filter()), rules)
            answer.account_data += rules.account_data
        moved = asking.among("account_data", others) if asking.has_moved("account_data") else frozenset()
        if new or moved:
            answer.room_account_data = await kept.room_events(user_id, new, moved, after, now.log)

    async def _receipts(self, asking: Asking, scope: Scope, answer: SlidingAnswer, progress: Progress) -> None:
        receipts, user_id, now = self._sources.receipts, asking.user_id, asking.now
        new, others = self._scoped("receipts", asking, scope, progress)
        # Of rooms whose timeline begins earlier than the client knew, it needs those for what it has now.
        again = {room for room in others if room in answer.rooms and answer.rooms[room].prev_batch is not None}
        told = {room: asking.told(room) for room in new | again}
        floors = {room: now.log if known is None else known.after for room, known in told.items()}
        if floors:
            answer.receipts = await receipts.around(user_id, floors, now.log)
        moved = asking.among("receipts", others - again) if asking.has_moved("receipts") else frozenset()
        if moved and asking.before.positions is not None:
            answer.receipts |= await receipts.between(user_id, moved, asking.before.positions.log, now.log)

    def _typing(self, asking: Asking, scope: Scope, answer: SlidingAnswer, progress: Progress) -> None:
        new, others = self._scoped("typing", asking, scope, progress)
        answer.typing = self._sources.typing.events(new, None)
        if asking.has_moved("typing") and asking.before.positions is not None:
            moved = asking.among("typing", others)
            answer.typing |= self._sources.typing.events(moved, asking.before.positions.live)

    async def _unread(self, asking: Asking, answer: SlidingAnswer) -> None:
        """How much is unread in the rooms of the answer, and in those where the person has read since."""
        asked = asking.joined & (asking.room_lists.keys() | asking.subscribed)
        counted = SyncAnswer(joined_rooms=asked)
        for room_id in asked & answer.rooms.keys():
            counted.new_rooms.add(room_id)
            counted.room(room_id)
        await self._sources.push.contribute(asking.sync_ask(asking.before.positions, _counts_of(asked)), counted)
        answer.unread = {room: part.unread for room, part in counted.rooms.items() if part.unread is not None}

    def _scoped(
        self, name: str, asking: Asking, scope: Scope, progress: Progress
    ) -> tuple[AbstractSet[RoomId], AbstractSet[RoomId]]:
        """The rooms that are new to the extension, and those it was about before."""
        known = asking.before.scopes.get(name, frozenset())
        rooms = frozenset(in_scope(scope, asking.room_lists, asking.subscribed) & asking.joined)
        progress.scopes[name] = known if rooms == known else rooms
        return rooms - known, rooms & known


def _counts_of(rooms: AbstractSet[RoomId]) -> Filter:
    return Filter(account_data=_NO_ACCOUNT_DATA.account_data, room=RoomFilter(rooms=frozenset(rooms)))
