"""Account data in /sync."""

from collections.abc import Iterable

import msgspec

from sottovoce.domains.changes.model import SyncAnswer, SyncAsk

from .model import REMOVED, AccountDataItem
from .ports import AccountDataStore

_encode = msgspec.json.Encoder().encode


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
            elif item.room_id in answer.joined_rooms and _is_asked(ask, item):
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
