"""The rows of accounts and profiles."""

from collections.abc import Sequence

from sottovoce.infra.db.model import Batch, Query, Statement
from sottovoce.protocol.ids import UserId

from ..model import User
from .rows import Rows

_FIND_USER = Query(
    "SELECT user_id, password_hash, is_admin, created_at_ms, deactivated_at_ms, is_guest, locked_at_ms, suspended_at_ms"
    " FROM users WHERE user_id = $1"
)
_ANY_USER = Query("SELECT 1 FROM users WHERE is_guest = 0 LIMIT 1")
_COUNT_USERS = Query("SELECT count(*) FROM users WHERE deactivated_at_ms IS NULL")
_LIST_GUESTS = Query("SELECT user_id FROM users WHERE is_guest = 1 AND user_id IN {list:$1:text}")
_ADD_USER = Statement(
    "users",
    "INSERT INTO users (user_id, password_hash, is_admin, created_at_ms, deactivated_at_ms, is_guest)"
    " VALUES ($1, $2, $3, $4, $5, $6)",
)
_SET_TERMS = Statement("users", "UPDATE users SET terms_version = $2 WHERE user_id = $1")
_SET_LOCKED = Statement("users", "UPDATE users SET locked_at_ms = $2 WHERE user_id = $1")
_SET_SUSPENDED = Statement("users", "UPDATE users SET suspended_at_ms = $2 WHERE user_id = $1")
_UPGRADE_GUEST = Statement("users", "UPDATE users SET password_hash = $2, is_guest = 0 WHERE user_id = $1")
_SET_PASSWORD = Statement("users", "UPDATE users SET password_hash = $2 WHERE user_id = $1")
_ERASE = Statement("users", "UPDATE users SET erased_at_ms = $2 WHERE user_id = $1")
_LIST_ERASED = Query("SELECT user_id FROM users WHERE erased_at_ms IS NOT NULL AND user_id IN {list:$1:text}")
_DEACTIVATE = Statement("users", "UPDATE users SET password_hash = NULL, deactivated_at_ms = $2 WHERE user_id = $1")


class UserRows(Rows):
    """Implements ports.UserStore."""

    async def find_user(self, user_id: UserId) -> User | None:
        row = await self._database.one(_FIND_USER, user_id)
        return (
            None
            if row is None
            else User(UserId(row[0]), row[1], bool(row[2]), row[3], row[4], bool(row[5]), row[6], row[7])
        )

    async def count_users(self) -> int:
        return int((await self._database.all_in_thread(_COUNT_USERS))[0][0])

    async def has_users(self) -> bool:
        return await self._database.one(_ANY_USER) is not None

    def add_user(self, batch: Batch, user: User) -> None:
        is_admin = int(user.is_admin)
        times = (user.created_at_ms, user.deactivated_at_ms)
        batch.write(_ADD_USER, user.user_id, user.password_hash, is_admin, *times, int(user.is_guest))

    def set_password(self, batch: Batch, user_id: UserId, password_hash: str) -> None:
        batch.write(_SET_PASSWORD, user_id, password_hash)

    def deactivate_user(self, batch: Batch, user_id: UserId, at_ms: int) -> None:
        batch.write(_DEACTIVATE, user_id, at_ms)

    def erase_user(self, batch: Batch, user_id: UserId, at_ms: int) -> None:
        batch.write(_ERASE, user_id, at_ms)

    async def list_erased(self, user_ids: Sequence[UserId]) -> list[UserId]:
        return [UserId(row[0]) for row in await self._database.all(_LIST_ERASED, user_ids)]

    def set_terms_version(self, batch: Batch, user_id: UserId, version: str) -> None:
        batch.write(_SET_TERMS, user_id, version)

    def set_locked(self, batch: Batch, user_id: UserId, at_ms: int | None) -> None:
        batch.write(_SET_LOCKED, user_id, at_ms)

    def set_suspended(self, batch: Batch, user_id: UserId, at_ms: int | None) -> None:
        batch.write(_SET_SUSPENDED, user_id, at_ms)

    def upgrade_guest(self, batch: Batch, user_id: UserId, password_hash: str) -> None:
        batch.write(_UPGRADE_GUEST, user_id, password_hash)

    async def list_guests(self, user_ids: Sequence[UserId]) -> list[UserId]:
        return [UserId(row[0]) for row in await self._database.all(_LIST_GUESTS, user_ids)]
