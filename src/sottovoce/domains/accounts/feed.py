"""Account data in /sync."""

from collections.abc import Iterable

import msgspec

from sottovoce.domains.changes.model import SyncAnswer, SyncAsk
from sottovoce.protocol.ids import RoomId, UserId

from .model import REMOVED, AccountDataItem
from .ports import AccountDataStore

_encode = msgspec.json.Encoder().encode
_NO_ROOM = RoomId("")


class AccountDataFeed:
    """Implements changes.ports.Feed."""

    stream = "account_data"

    def __init__(self, store: AccountDataStore) -> None:
        self._store = store

    async def contribute(self, ask: SyncAsk, answer: SyncAnswer) -> None:
        """The answer holds what was set since; of rooms that are new to the device, all there is."""
        if ask.since is None:
            items = await self._store.account_data_between(ask.user_id, 0, ask.now.log)
            self._add(ask, answer, (item for item in items if item.content != REMOVED))
            return
        if ask.has_moved(self.stream):
            items = await self._store.account_data_between(ask.user_id, ask.since.log, ask.now.log)
            self._add(ask, answer, (item for item in items if item.room_id not in answer.new_rooms))
        if answer.new_rooms:
            items = await self._store.list_room_account_data(ask.user_id, list(answer.new_rooms))
            self._add(ask, answer, (item for item in items if item.content != REMOVED))

    def _add(self, ask: SyncAsk, answer: SyncAnswer, items: Iterable[AccountDataItem]) -> None:
        for item in items:
            if item.room_id is None:
                if ask.filter.account_data.matches(item.type, ask.user_id):
                    answer.account_data.append(_event(item))
            elif (item.room_id in answer.joined_rooms or item.room_id in answer.rooms) and _is_asked(ask, item):
                answer.room(item.room_id).account_data.append(_event(item))


def _is_asked(ask: SyncAsk, item: AccountDataItem) -> bool:
    asked, room_id = ask.filter.room, item.room_id or ""
    return (
        asked.room_matches(room_id)
        and asked.account_data.room_matches(room_id)
        and asked.account_data.matches(item.type, ask.user_id)
    )


def _event(item: AccountDataItem) -> bytes:
    return b'{"type":%b,"content":%b}' % (_encode(item.type), item.content or b"{}")


class KeptData:
    """Implements sync.ports.KeptData: account data as a sliding sync reads and tells it."""

    def __init__(self, store: AccountDataStore) -> None:
        self._store = store

    async def of_type(self, user_id: UserId, data_type: str) -> dict[RoomId | None, bytes]:
        """What is kept under this type, by the room it is about."""
        items = await self._store.list_account_data_of_type(user_id, data_type)
        return {item.room_id: item.content for item in items if item.content != REMOVED}

    async def global_events(self, user_id: UserId, after: int | None, until: int) -> list[bytes]:
        """What is kept about no room and was set or removed in (after, until]; after None: all that is kept."""
        if after is None:
            items = await self._store.list_room_account_data(user_id, [_NO_ROOM])
            return [_event(item) for item in items if item.content != REMOVED]
        items = await self._store.account_data_between(user_id, after, until)
        return [_event(item) for item in items if item.room_id is None]

    async def room_events(
        self, user_id: UserId, whole: Iterable[RoomId], others: Iterable[RoomId], after: int | None, until: int
    ) -> dict[RoomId, list[bytes]]:
        """What is kept about these rooms: of `others` what was set or removed in (after, until], of `whole` all.

        after None: nothing was told yet, so that what was removed need not be.
        """
        wanted, items = set(others), list[AccountDataItem]()
        if wanted and after is not None:
            set_since = await self._store.account_data_between(user_id, after, until)
            items += [item for item in set_since if item.room_id in wanted]
        if asked := list(whole):
            kept = await self._store.list_room_account_data(user_id, asked)
            items += [item for item in kept if after is not None or item.content != REMOVED]
        events: dict[RoomId, list[bytes]] = {}
        for item in items:
            assert item.room_id is not None, "asked of rooms only"
            events.setdefault(item.room_id, []).append(_event(item))
        return events
