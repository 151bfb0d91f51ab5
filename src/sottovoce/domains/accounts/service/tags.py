"""Tags of rooms, each person's own."""

import asyncio
from collections.abc import Mapping

import msgspec

from sottovoce.protocol.ids import RoomId, UserId

from ..model import AccountDataNotFound, UserLimitExceeded
from ..rules import MAX_TAGS_PER_ROOM, check_tag
from .account_data import AccountData

TAGS = "m.tag"

Tag = Mapping[str, object]


class Tags:
    """Kept as account data of the room. Spec: client-server, Room Tagging."""

    def __init__(self, account_data: AccountData) -> None:
        self._account_data = account_data
        self._one_at_a_time = asyncio.Lock()

    async def of(self, user_id: UserId, room_id: RoomId) -> dict[str, object]:
        """What the person knows the room by, with the order of each."""
        try:
            content = msgspec.json.decode(await self._account_data.find(user_id, room_id, TAGS))
        except AccountDataNotFound:
            return {}
        tags = content.get("tags")
        return tags if isinstance(tags, dict) else {}

    async def add(self, user_id: UserId, room_id: RoomId, name: str, tag: Tag) -> None:
        """The room has the tag. Raises InvalidValue, UserLimitExceeded."""
        check_tag(name, tag)
        async with self._one_at_a_time:
            tags = await self.of(user_id, room_id)
            if name not in tags and len(tags) >= MAX_TAGS_PER_ROOM:
                raise UserLimitExceeded(f"A room has at most {MAX_TAGS_PER_ROOM} tags", self._account_data.info_uri())
            await self._account_data.set(user_id, room_id, TAGS, {"tags": tags | {name: tag}})

    async def remove(self, user_id: UserId, room_id: RoomId, name: str) -> None:
        """The room has no such tag."""
        async with self._one_at_a_time:
            tags = await self.of(user_id, room_id)
            if tags.pop(name, None) is not None:
                await self._account_data.set(user_id, room_id, TAGS, {"tags": tags})
