"""The rows of accounts, as an administrator reads them."""

from sottovoce.infra.db.model import Batch, Query, Row, Statement
from sottovoce.protocol.ids import UserId

from ..model import AccountSummary
from .rows import Rows

_COLUMNS = (
    "SELECT u.user_id, p.displayname, u.is_admin, u.is_guest, u.created_at_ms, u.deactivated_at_ms, u.locked_at_ms,"
    " u.suspended_at_ms, (SELECT count(*) FROM devices d WHERE d.user_id = u.user_id),"
    " (SELECT max(d.last_seen_at_ms) FROM devices d WHERE d.user_id = u.user_id)"
    " FROM users u LEFT JOIN profiles p ON p.user_id = u.user_id"
)
_LIST = Query(
    f"{_COLUMNS} WHERE u.user_id > $1 AND (lower(u.user_id) LIKE $2 ESCAPE '!'"
    " OR lower(coalesce(p.displayname, '')) LIKE $2 ESCAPE '!') ORDER BY u.user_id LIMIT $3"
)
_FIND = Query(f"{_COLUMNS} WHERE u.user_id = $1")
_COUNT = Query("SELECT count(*) FROM users WHERE deactivated_at_ms IS NULL")
_SET_ADMIN = Statement("users", "UPDATE users SET is_admin = $2 WHERE user_id = $1")
_SPECIAL = str.maketrans({"!": "!!", "%": "!%", "_": "!_"})


class RosterRows(Rows):
    """Implements ports.RosterStore."""

    async def list_accounts(self, after: str, limit: int, search: str) -> list[AccountSummary]:
        pattern = f"%{search.translate(_SPECIAL)}%"
        return [_summary(row) for row in await self._database.all(_LIST, after, pattern, limit)]

    async def find_account(self, user_id: UserId) -> AccountSummary | None:
        row = await self._database.one(_FIND, user_id)
        return None if row is None else _summary(row)

    async def count_accounts(self) -> int:
        row = await self._database.one(_COUNT)
        return 0 if row is None else int(row[0])

    def set_admin(self, batch: Batch, user_id: UserId, is_admin: bool) -> None:
        batch.write(_SET_ADMIN, user_id, int(is_admin))


def _summary(row: Row) -> AccountSummary:
    user_id, displayname, is_admin, is_guest, *rest = row
    return AccountSummary(UserId(user_id), displayname, bool(is_admin), bool(is_guest), *rest)
