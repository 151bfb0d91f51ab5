"""The rows of account data and filters."""

from collections.abc import Sequence

from sottovoce.infra.db.model import Batch, Query, Row, Statement
from sottovoce.protocol.ids import RoomId, UserId

from ..model import AccountDataItem
from .rows import Rows

_NO_ROOM = ""

_FIND_DATA = Query("SELECT content FROM account_data WHERE user_id = $1 AND room_id = $2 AND type = $3")
_SET_DATA = Statement(
    "account_data",
    "INSERT INTO account_data (user_id, room_id, type, content, position) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (user_id, room_id, type) DO UPDATE SET content = excluded.content, position = excluded.position",
)
_DATA_BETWEEN = Query(
    "SELECT room_id, type, content FROM account_data"
    " WHERE user_id = $1 AND position > $2 AND position <= $3 ORDER BY position"
)
_DATA_OF_ROOMS = Query(
    "SELECT room_id, type, content FROM account_data WHERE user_id = $1 AND room_id IN {list:$2:text} ORDER BY position"
)
_COUNT_DATA = Query("SELECT count(*) FROM account_data WHERE user_id = $1")
_REMOVE_DATA = Statement("account_data", "DELETE FROM account_data WHERE user_id = $1")
_REMOVE_DATA_OF_ROOM = Statement("account_data", "DELETE FROM account_data WHERE room_id = $1")
_REMOVE_FILTERS = Statement("filters", "DELETE FROM filters WHERE user_id = $1")
_DATA_OF_TYPE = Query("SELECT room_id, type, content FROM account_data WHERE user_id = $1 AND type = $2")
_FIND_FILTER = Query("SELECT definition FROM filters WHERE user_id = $1 AND filter_id = $2")
_COUNT_FILTERS = Query("SELECT count(*) FROM filters WHERE user_id = $1")
_ADD_FILTER = Statement(
    "filters",
    "INSERT INTO filters (user_id, filter_id, definition) VALUES ($1, $2, $3)"
    " ON CONFLICT (user_id, filter_id) DO NOTHING",
)


class AccountDataRows(Rows):
    """Implements ports.AccountDataStore."""

    async def find_account_data(self, user_id: UserId, room_id: RoomId | None, data_type: str) -> bytes | None:
        row = await self._database.one(_FIND_DATA, user_id, room_id or _NO_ROOM, data_type)
        return None if row is None else bytes(row[0])

    def set_account_data(self, batch: Batch, user_id: UserId, item: AccountDataItem, position: int) -> None:
        batch.write(_SET_DATA, user_id, item.room_id or _NO_ROOM, item.type, item.content, position)

    def remove_account_data_of_room(self, batch: Batch, room_id: RoomId) -> None:
        batch.write(_REMOVE_DATA_OF_ROOM, room_id)

    async def count_account_data(self, user_id: UserId) -> int:
        row = await self._database.one(_COUNT_DATA, user_id)
        return 0 if row is None else int(row[0])

    async def account_data_between(self, user_id: UserId, after: int, until: int) -> Sequence[AccountDataItem]:
        return [_item(row) for row in await self._database.all(_DATA_BETWEEN, user_id, after, until)]

    async def list_room_account_data(self, user_id: UserId, room_ids: Sequence[RoomId]) -> Sequence[AccountDataItem]:
        return [_item(row) for row in await self._database.all(_DATA_OF_ROOMS, user_id, room_ids)]

    def remove_account_data(self, batch: Batch, user_id: UserId) -> None:
        batch.write(_REMOVE_DATA, user_id)
        batch.write(_REMOVE_FILTERS, user_id)

    async def list_account_data_of_type(self, user_id: UserId, data_type: str) -> Sequence[AccountDataItem]:
        return [_item(row) for row in await self._database.all(_DATA_OF_TYPE, user_id, data_type)]

    async def find_filter(self, user_id: UserId, filter_id: str) -> bytes | None:
        row = await self._database.one(_FIND_FILTER, user_id, filter_id)
        return None if row is None else bytes(row[0])

    async def count_filters(self, user_id: UserId) -> int:
        row = await self._database.one(_COUNT_FILTERS, user_id)
        return 0 if row is None else int(row[0])

    def add_filter(self, batch: Batch, user_id: UserId, filter_id: str, definition: bytes) -> None:
        batch.write(_ADD_FILTER, user_id, filter_id, definition)


def _item(row: Row) -> AccountDataItem:
    return AccountDataItem(RoomId(row[0]) if row[0] != _NO_ROOM else None, row[1], bytes(row[2]))
