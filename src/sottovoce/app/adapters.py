"""Small fittings where one domain exists before another that it has to tell something."""

from sottovoce.domains.presence.service import Typing
from sottovoce.protocol.ids import RoomId, UserId


class TypingRelay:
    """Rooms exist before typing, which needs them; this lets rooms tell it all the same."""

    def __init__(self) -> None:
        self.typing: Typing | None = None

    def stopped(self, room_id: RoomId, user_id: UserId) -> None:
        if self.typing is not None:
            self.typing.stopped(room_id, user_id)
