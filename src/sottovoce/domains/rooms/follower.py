"""What rooms do when somebody changes their name or picture: show it in every room they are in."""

from sottovoce.domains.accounts.service import Profiles
from sottovoce.domains.changes.model import Change
from sottovoce.infra.tasks import Tasks
from sottovoce.protocol.ids import UserId

from .service import Rooms


class ProfileFollower:
    """Follows the stream of profiles, in the background: one room of one person after the other.

    Several changes that come before the first was followed are followed once. The list of news that the accounts
    keep is its cursor: what a stopped program had not followed is followed by the next one.
    """

    def __init__(self, rooms: Rooms, profiles: Profiles, tasks: Tasks) -> None:
        self._rooms = rooms
        self._profiles = profiles
        self._tasks = tasks
        self._waiting: dict[UserId, int] = {}
        self._is_following = False

    def begin(self) -> None:
        """What an earlier program left undone is being done."""
        self._tasks.start("rooms.follow_profile_news", self._resume())

    def changed(self, change: Change) -> None:
        """Every room of these people will soon show them as they are now."""
        self._waiting |= dict.fromkeys(change.audience, change.position)
        if not self._is_following:
            self._is_following = True
            self._tasks.start("rooms.follow_profile", self._follow())

    async def _resume(self) -> None:
        for user_id, position in await self._profiles.news():
            if user_id not in self._waiting:
                self.changed(Change("profiles", position, None, frozenset({user_id})))

    async def _follow(self) -> None:
        try:
            while self._waiting:
                user_id = next(iter(self._waiting))
                position = self._waiting.pop(user_id)
                await self._rooms.follow_profile(user_id)
                await self._profiles.followed(user_id, position)
        finally:
            self._is_following = False
