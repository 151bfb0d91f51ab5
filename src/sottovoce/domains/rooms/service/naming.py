"""What a room calls itself when an alias no longer leads to it."""

from sottovoce.protocol.ids import RoomAlias, RoomId, UserId

from ..model import CANONICAL_ALIAS, NotAllowed, NotInRoom
from ..rules import without_alias
from .base import RoomsBase


class Naming(RoomsBase):
    """Keeps canonical aliases true."""

    async def renounce_alias(self, room_id: RoomId, sender: UserId, alias: RoomAlias) -> None:
        """The room calls itself by this alias no more, if it did and the sender may say so; else nothing changes.

        Spec: client-server, DELETE /directory/room/{roomAlias}.
        """
        try:
            async with self._turn(room_id) as (_, write):
                event = await write.state(CANONICAL_ALIAS)
                content = None if event is None else without_alias(event.content, alias)
                if content is None:
                    return
                await write.stage(sender, CANONICAL_ALIAS[0], content, "")
                future = write.submit()
        except (NotAllowed, NotInRoom):
            return
        if future is not None:
            await future
