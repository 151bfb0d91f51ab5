"""What rooms do when somebody changes their name or picture, or gives up their account: every room shows it."""

from sottovoce.domains.accounts.service import Accounts
from sottovoce.domains.changes.model import Change
from sottovoce.infra.tasks import Tasks
from sottovoce.protocol.ids import UserId

from .ports import Farewells
from .service import Rooms


class PeopleFollower:
    """Follows the stream of profiles, in the background: one room of one person after the other.

    Several changes that come before the first was followed are followed once. The list of news that the accounts
    keep is its cursor: what a stopped program had not followed is followed by the next one.
    """

    def __init__(self, rooms: Rooms, accounts: Accounts, tasks: Tasks) -> None:
        self._rooms = rooms
        self._accounts = accounts
        self._tasks = tasks
        self._waiting: dict[UserId, int] = {}
        self._is_following = False
        self.farewells: list[Farewells] = []
        """Told of those who gave up their accounts, once they are in no room."""

    def begin(self) -> None:
        """What an earlier program left undone is being done."""
        self._tasks.start("rooms.follow_news_of_people", self._resume())

    def changed(self, change: Change) -> None:
        """Every room of these people will soon show them as they are now."""
        self._waiting |= dict.fromkeys(change.audience, change.position)
        if not self._is_following:
            self._is_following = True
            self._tasks.start("rooms.follow_people", self._follow())

    async def _resume(self) -> None:
        for user_id, position in await self._accounts.profiles.news():
            if user_id not in self._waiting:
                self.changed(Change("profiles", position, None, frozenset({user_id})))

    async def _follow(self) -> None:
        try:
            while self._waiting:
                user_id = next(iter(self._waiting))
                position = self._waiting.pop(user_id)
                await self._show(user_id)
                await self._accounts.profiles.followed(user_id, position)
        finally:
            self._is_following = False

    async def _show(self, user_id: UserId) -> None:
        if await self._accounts.exists(user_id):
            await self._rooms.follow_profile(user_id)
            return
        await self._rooms.leave_all(user_id)
        for farewells in self.farewells:
            await farewells.forget_user(user_id)
