"""What rooms do when somebody changes their name or picture: show it in every room they are in."""

from sottovoce.domains.changes.model import Change
from sottovoce.infra.tasks import Tasks

from .service import Rooms


class ProfileFollower:
    """Follows the stream of profiles; one person's rooms are rewritten one after the other, in the background."""

    def __init__(self, rooms: Rooms, tasks: Tasks) -> None:
        self._rooms = rooms
        self._tasks = tasks

    def changed(self, change: Change) -> None:
        """Every room of these people will soon show them as they are now."""
        for user_id in change.audience:
            self._tasks.start("rooms.follow_profile", self._rooms.follow_profile(user_id))
