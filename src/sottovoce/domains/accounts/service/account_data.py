"""What clients keep on the server for their owner."""

from collections.abc import Mapping

import msgspec

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import RoomId, UserId

from ..model import AccountDataItem, AccountDataNotFound, ReservedAccountData
from ..ports import AccountDataStore
from ..rules import RESERVED_ACCOUNT_DATA, check_account_data_type

_encode = msgspec.json.Encoder().encode


class AccountData:
    """Objects by type, about the person or about one room. Spec: client-server, Client Config."""

    def __init__(self, database: Database, store: AccountDataStore, changes: Changes) -> None:
        self._database = database
        self._store = store
        self._changes = changes

    async def find(self, user_id: UserId, room_id: RoomId | None, data_type: str) -> bytes:
        """The object kept under this type, encoded. Raises AccountDataNotFound."""
        content = await self._store.find_account_data(user_id, room_id, data_type)
        if content is None:
            raise AccountDataNotFound("Nothing is kept under this type")
        return content

    async def list_of_room(self, user_id: UserId, room_id: RoomId) -> list[AccountDataItem]:
        """All that is kept about this room."""
        return list(await self._store.list_room_account_data(user_id, [room_id]))

    async def set(self, user_id: UserId, room_id: RoomId | None, data_type: str, content: Mapping[str, object]) -> None:
        """The object is kept, and the user's devices are told. Raises InvalidValue."""
        check_account_data_type(data_type)
        position = self._changes.next_position()
        batch = Batch()
        item = AccountDataItem(room_id, data_type, _encode(content))
        self._store.set_account_data(batch, user_id, item, position)
        batch.announce(Change("account_data", position, room_id, frozenset({user_id})))
        await self._database.commit(batch)

    async def set_by_client(
        self, user_id: UserId, room_id: RoomId | None, data_type: str, content: Mapping[str, object]
    ) -> None:
        """As `set`, for types that clients may write. Raises ReservedAccountData, InvalidValue."""
        if data_type in RESERVED_ACCOUNT_DATA:
            raise ReservedAccountData(f"{data_type} cannot be set this way")
        await self.set(user_id, room_id, data_type, content)
