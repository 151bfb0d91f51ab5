"""Small fittings where one domain exists before another that it has to tell something."""

from sottovoce.domains.presence.service import Presence, Typing
from sottovoce.protocol.ids import RoomId, UserId


class AttentionRelay:
    """Implements rooms.ports.Attention. Rooms come before typing and presence, which need them, and join it later."""

    def __init__(self) -> None:
        self._listeners: tuple[Typing, Presence] | None = None

    def connect(self, typing: Typing, presence: Presence) -> None:
        """From now on both are told."""
        self._listeners = (typing, presence)

    def sent(self, room_id: RoomId, user_id: UserId) -> None:
        if self._listeners is not None:
            typing, presence = self._listeners
            typing.stopped(room_id, user_id)
            presence.active(user_id)
