"""The table of what people say of themselves."""

from collections.abc import Iterable

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.ids import UserId

_FIND = Query("SELECT user_id, status_msg FROM presence_statuses WHERE user_id IN {list:$1:text}")
_SET = Statement(
    "presence_statuses",
    "INSERT INTO presence_statuses (user_id, status_msg) VALUES ($1, $2)"
    " ON CONFLICT (user_id) DO UPDATE SET status_msg = excluded.status_msg",
)
_REMOVE = Statement("presence_statuses", "DELETE FROM presence_statuses WHERE user_id = $1")


class StatusRows:
    """Implements ports.StatusStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_statuses(self, user_ids: Iterable[UserId]) -> dict[UserId, str]:
        return {UserId(user): text for user, text in await self._database.all(_FIND, list(user_ids))}

    def set_status(self, batch: Batch, user_id: UserId, status_msg: str | None) -> None:
        if status_msg is None:
            batch.write(_REMOVE, user_id)
        else:
            batch.write(_SET, user_id, status_msg)
