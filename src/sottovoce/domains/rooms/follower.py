"""What rooms do when somebody changes their name or picture: show it in every room they are in."""

from sottovoce.domains.changes.model import Change
from sottovoce.infra.tasks import Tasks
from sottovoce.protocol.ids import UserId

from .service import Rooms


class ProfileFollower:
    """Follows the stream of profiles, in the background: one room of one person after the other.

    Several changes that come before the first was followed are followed once.
    """

    def __init__(self, rooms: Rooms, tasks: Tasks) -> None:
        self._rooms = rooms
        self._tasks = tasks
        self._waiting: dict[UserId, None] = {}
        self._is_following = False

    def changed(self, change: Change) -> None:
        """Every room of these people will soon show them as they are now."""
        self._waiting |= dict.fromkeys(change.audience)
        if not self._is_following:
            self._is_following = True
            self._tasks.start("rooms.follow_profile", self._follow())

    async def _follow(self) -> None:
        try:
            while self._waiting:
                user_id = next(iter(self._waiting))
                del self._waiting[user_id]
                await self._rooms.follow_profile(user_id)
        finally:
            self._is_following = False
