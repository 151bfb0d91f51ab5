"""The rows of messages that wait for devices."""

from sottovoce.infra.db.model import Batch, Database, Query, Statement

from ..model import Target, ToDeviceMessage, Transaction

_BETWEEN = Query(
    "SELECT position, event FROM to_device_messages WHERE user_id = $1 AND device_id = $2"
    " AND position > $3 AND position <= $4 ORDER BY position LIMIT $5"
)
_ANY = Query("SELECT 1 FROM to_device_messages LIMIT 1")
_LIST_TARGETS = Query("SELECT DISTINCT user_id, device_id FROM to_device_messages")
_LIST_SIZES = Query(
    "SELECT position, LENGTH(event) FROM to_device_messages WHERE user_id = $1 AND device_id = $2"
    " ORDER BY position DESC LIMIT $3"
)
_FIND_TRANSACTION = Query(
    "SELECT 1 FROM to_device_transactions WHERE user_id = $1 AND device_id = $2 AND type = $3 AND txn_id = $4"
)
_ADD = Statement(
    "to_device_messages",
    "INSERT INTO to_device_messages (user_id, device_id, position, event) VALUES ($1, $2, $3, $4)",
)
_REMOVE = Statement(
    "to_device_messages", "DELETE FROM to_device_messages WHERE user_id = $1 AND device_id = $2 AND position <= $3"
)
_REMOVE_ALL = Statement("to_device_messages", "DELETE FROM to_device_messages WHERE user_id = $1 AND device_id = $2")
_ADD_TRANSACTION = Statement(
    "to_device_transactions",
    "INSERT INTO to_device_transactions (user_id, device_id, type, txn_id, sent_at_ms) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT DO NOTHING",
)
_REMOVE_OLD_TRANSACTIONS = Statement(
    "to_device_transactions", "DELETE FROM to_device_transactions WHERE sent_at_ms < $1"
)
_REMOVE_TRANSACTIONS = Statement(
    "to_device_transactions", "DELETE FROM to_device_transactions WHERE user_id = $1 AND device_id = $2"
)


class ToDeviceRows:
    """Implements ports.ToDeviceStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def messages_between(self, device: Target, after: int, until: int, limit: int) -> list[ToDeviceMessage]:
        rows = await self._database.all(_BETWEEN, *device, after, until, limit)
        return [ToDeviceMessage(position, bytes(event)) for position, event in rows]

    async def list_targets(self) -> list[Target]:
        if await self._database.one(_ANY) is None:  # a thread to read nothing would cost memory
            return []
        return [Target(*row) for row in await self._database.all_in_thread(_LIST_TARGETS)]

    async def list_sizes(self, device: Target, limit: int) -> list[tuple[int, int]]:
        return [(row[0], row[1]) for row in await self._database.all_in_thread(_LIST_SIZES, *device, limit)]

    async def has_transaction(self, transaction: Transaction) -> bool:
        return await self._database.one(_FIND_TRANSACTION, *transaction) is not None

    def add_message(self, batch: Batch, device: Target, position: int, event: bytes) -> None:
        batch.write(_ADD, *device, position, event)

    def remove_messages(self, batch: Batch, device: Target, until: int) -> None:
        batch.write(_REMOVE, *device, until)

    def add_transaction(self, batch: Batch, transaction: Transaction, sent_at_ms: int) -> None:
        batch.write(_ADD_TRANSACTION, *transaction, sent_at_ms)

    def remove_transactions(self, batch: Batch, sent_before_ms: int) -> None:
        batch.write(_REMOVE_OLD_TRANSACTIONS, sent_before_ms)

    def remove_to_device(self, batch: Batch, device: Target) -> None:
        batch.write(_REMOVE_ALL, *device)
        batch.write(_REMOVE_TRANSACTIONS, *device)
