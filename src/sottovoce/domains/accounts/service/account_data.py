"""What clients keep on the server for their owner."""

from collections.abc import Callable, Mapping

import msgspec

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import RoomId, UserId

from ..model import REMOVED, AccountDataItem, AccountDataNotFound, ReservedAccountData, UserLimitExceeded
from ..ports import AccountDataStore
from ..rules import MAX_ACCOUNT_DATA_ITEMS, RESERVED_ACCOUNT_DATA, check_account_data_type

_encode = msgspec.json.Encoder().encode


class AccountData:
    """Objects by type, about the person or about one room. Spec: client-server, Client Config."""

    def __init__(
        self, database: Database, store: AccountDataStore, changes: Changes, info_uri: Callable[[], str]
    ) -> None:
        self.info_uri = info_uri
        self._database = database
        self._store = store
        self._changes = changes

    async def find(self, user_id: UserId, room_id: RoomId | None, data_type: str) -> bytes:
        """The object kept under this type, encoded. Raises AccountDataNotFound."""
        content = await self._store.find_account_data(user_id, room_id, data_type)
        if content is None or content == REMOVED:
            raise AccountDataNotFound("Nothing is kept under this type")
        return content

    async def erase_room(self, room_id: RoomId) -> None:
        """Nobody's apps keep anything here about the room."""
        batch = Batch()
        self._store.remove_account_data_of_room(batch, room_id)
        await self._database.commit(batch)

    async def list_of_room(self, user_id: UserId, room_id: RoomId) -> list[AccountDataItem]:
        """All that is kept about this room."""
        return list(await self._store.list_room_account_data(user_id, [room_id]))

    async def set(self, user_id: UserId, room_id: RoomId | None, data_type: str, content: Mapping[str, object]) -> None:
        """The object is kept, and the user's devices are told. Raises InvalidValue, UserLimitExceeded."""
        check_account_data_type(data_type)
        if await self._store.find_account_data(user_id, room_id, data_type) is None:
            await self._check_room_for_more(user_id)
        await self._set(user_id, AccountDataItem(room_id, data_type, _encode(content)))

    async def remove_by_client(self, user_id: UserId, room_id: RoomId | None, data_type: str) -> None:
        """Nothing is kept under this type; the user's devices are told that it is empty now.

        Raises ReservedAccountData, InvalidValue. Proposal: MSC3391.
        """
        _check_writable(data_type)
        check_account_data_type(data_type)
        content = await self._store.find_account_data(user_id, room_id, data_type)
        if content is not None and content != REMOVED:
            await self._set(user_id, AccountDataItem(room_id, data_type, REMOVED))

    async def set_by_client(
        self, user_id: UserId, room_id: RoomId | None, data_type: str, content: Mapping[str, object]
    ) -> None:
        """As `set`, for types that clients may write. Raises ReservedAccountData, InvalidValue, UserLimitExceeded."""
        _check_writable(data_type)
        await self.set(user_id, room_id, data_type, content)

    async def _set(self, user_id: UserId, item: AccountDataItem) -> None:
        position = self._changes.next_position()
        batch = Batch()
        self._store.set_account_data(batch, user_id, item, position)
        batch.announce(Change("account_data", position, item.room_id, frozenset({user_id})))
        await self._database.commit(batch)

    async def _check_room_for_more(self, user_id: UserId) -> None:
        if await self._store.count_account_data(user_id) >= MAX_ACCOUNT_DATA_ITEMS:
            raise UserLimitExceeded(
                f"An account keeps data of at most {MAX_ACCOUNT_DATA_ITEMS} types and rooms", self.info_uri()
            )


def _check_writable(data_type: str) -> None:
    if data_type in RESERVED_ACCOUNT_DATA:
        raise ReservedAccountData(f"{data_type} cannot be set this way")
