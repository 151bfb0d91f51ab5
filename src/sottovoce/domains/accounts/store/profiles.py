"""The rows of profiles."""

from collections.abc import Sequence

from sottovoce.infra.db.model import Batch, Query, Statement
from sottovoce.protocol.ids import UserId

from ..model import Profile
from .rows import Rows

_FIND = Query("SELECT displayname, avatar_url FROM profiles WHERE user_id = $1")
_LIST = Query("SELECT user_id, displayname, avatar_url FROM profiles WHERE user_id IN {list:$1:text}")
_ADD = Statement("profiles", "INSERT INTO profiles (user_id, displayname, avatar_url) VALUES ($1, $2, $3)")
_SET_DISPLAYNAME = Statement("profiles", "UPDATE profiles SET displayname = $2 WHERE user_id = $1")
_SET_AVATAR_URL = Statement("profiles", "UPDATE profiles SET avatar_url = $2 WHERE user_id = $1")

_REMOVE = Statement("profiles", "DELETE FROM profiles WHERE user_id = $1")
_REMOVE_FIELDS = Statement("profile_fields", "DELETE FROM profile_fields WHERE user_id = $1")

_LIST_FIELDS = Query("SELECT name, value FROM profile_fields WHERE user_id = $1 ORDER BY name")
_SET_FIELD = Statement(
    "profile_fields",
    "INSERT INTO profile_fields (user_id, name, value) VALUES ($1, $2, $3)"
    " ON CONFLICT (user_id, name) DO UPDATE SET value = excluded.value",
)
_REMOVE_FIELD = Statement("profile_fields", "DELETE FROM profile_fields WHERE user_id = $1 AND name = $2")

_LIST_NEWS = Query("SELECT user_id, position FROM profile_news ORDER BY position")
_ADD_NEWS = Statement(
    "profile_news",
    "INSERT INTO profile_news (user_id, position) VALUES ($1, $2)"
    " ON CONFLICT (user_id) DO UPDATE SET position = excluded.position",
)
_REMOVE_NEWS = Statement("profile_news", "DELETE FROM profile_news WHERE user_id = $1 AND position = $2")


class ProfileRows(Rows):
    """Implements ports.ProfileStore."""

    async def find_profile(self, user_id: UserId) -> Profile | None:
        row = await self._database.one(_FIND, user_id)
        return None if row is None else Profile(*row)

    async def list_profiles(self, user_ids: Sequence[UserId]) -> dict[UserId, Profile]:
        rows = await self._database.all_in_thread(_LIST, user_ids)
        return {UserId(row[0]): Profile(row[1], row[2]) for row in rows}

    def add_profile(self, batch: Batch, user_id: UserId, profile: Profile) -> None:
        batch.write(_ADD, user_id, *profile)

    def set_displayname(self, batch: Batch, user_id: UserId, displayname: str | None) -> None:
        batch.write(_SET_DISPLAYNAME, user_id, displayname)

    def set_avatar_url(self, batch: Batch, user_id: UserId, avatar_url: str | None) -> None:
        batch.write(_SET_AVATAR_URL, user_id, avatar_url)

    def remove_profile(self, batch: Batch, user_id: UserId) -> None:
        batch.write(_REMOVE, user_id)
        batch.write(_REMOVE_FIELDS, user_id)

    async def list_profile_fields(self, user_id: UserId) -> dict[str, bytes]:
        return {name: bytes(value) for name, value in await self._database.all(_LIST_FIELDS, user_id)}

    def set_profile_field(self, batch: Batch, user_id: UserId, name: str, value: bytes) -> None:
        batch.write(_SET_FIELD, user_id, name, value)

    def remove_profile_field(self, batch: Batch, user_id: UserId, name: str) -> None:
        batch.write(_REMOVE_FIELD, user_id, name)

    async def list_profile_news(self) -> list[tuple[UserId, int]]:
        return [(UserId(row[0]), row[1]) for row in await self._database.all(_LIST_NEWS)]

    def add_profile_news(self, batch: Batch, user_id: UserId, position: int) -> None:
        batch.write(_ADD_NEWS, user_id, position)

    def remove_profile_news(self, batch: Batch, user_id: UserId, position: int) -> None:
        batch.write(_REMOVE_NEWS, user_id, position)
