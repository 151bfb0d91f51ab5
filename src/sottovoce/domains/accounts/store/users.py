"""The rows of accounts and profiles."""

from sottovoce.infra.db.model import Batch, Query, Statement
from sottovoce.protocol.ids import UserId

from ..model import Profile, User
from .rows import Rows

_FIND_USER = Query(
    "SELECT user_id, password_hash, is_admin, created_at_ms, deactivated_at_ms FROM users WHERE user_id = $1"
)
_ANY_USER = Query("SELECT 1 FROM users LIMIT 1")
_ADD_USER = Statement(
    "users",
    "INSERT INTO users (user_id, password_hash, is_admin, created_at_ms, deactivated_at_ms)"
    " VALUES ($1, $2, $3, $4, $5)",
)
_SET_PASSWORD = Statement("users", "UPDATE users SET password_hash = $2 WHERE user_id = $1")
_DEACTIVATE = Statement("users", "UPDATE users SET password_hash = NULL, deactivated_at_ms = $2 WHERE user_id = $1")

_FIND_PROFILE = Query("SELECT displayname, avatar_url FROM profiles WHERE user_id = $1")
_ADD_PROFILE = Statement("profiles", "INSERT INTO profiles (user_id, displayname, avatar_url) VALUES ($1, $2, $3)")
_SET_DISPLAYNAME = Statement("profiles", "UPDATE profiles SET displayname = $2 WHERE user_id = $1")
_SET_AVATAR_URL = Statement("profiles", "UPDATE profiles SET avatar_url = $2 WHERE user_id = $1")


class UserRows(Rows):
    """Implements ports.UserStore."""

    async def find_user(self, user_id: UserId) -> User | None:
        row = await self._database.one(_FIND_USER, user_id)
        return None if row is None else User(UserId(row[0]), row[1], bool(row[2]), row[3], row[4])

    async def has_users(self) -> bool:
        return await self._database.one(_ANY_USER) is not None

    def add_user(self, batch: Batch, user: User) -> None:
        is_admin = int(user.is_admin)
        batch.write(_ADD_USER, user.user_id, user.password_hash, is_admin, user.created_at_ms, user.deactivated_at_ms)

    def set_password(self, batch: Batch, user_id: UserId, password_hash: str) -> None:
        batch.write(_SET_PASSWORD, user_id, password_hash)

    def deactivate_user(self, batch: Batch, user_id: UserId, at_ms: int) -> None:
        batch.write(_DEACTIVATE, user_id, at_ms)

    async def find_profile(self, user_id: UserId) -> Profile | None:
        row = await self._database.one(_FIND_PROFILE, user_id)
        return None if row is None else Profile(*row)

    def add_profile(self, batch: Batch, user_id: UserId, profile: Profile) -> None:
        batch.write(_ADD_PROFILE, user_id, *profile)

    def set_displayname(self, batch: Batch, user_id: UserId, displayname: str | None) -> None:
        batch.write(_SET_DISPLAYNAME, user_id, displayname)

    def set_avatar_url(self, batch: Batch, user_id: UserId, avatar_url: str | None) -> None:
        batch.write(_SET_AVATAR_URL, user_id, avatar_url)
