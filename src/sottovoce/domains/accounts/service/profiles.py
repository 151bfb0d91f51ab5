"""What people call themselves."""

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import UserId

from ..model import Profile, ProfileNotFound
from ..ports import UserStore
from ..rules import check_avatar_url, check_displayname


class Profiles:
    """Names and pictures. A change is announced on the stream `profiles`, to its owner alone."""

    def __init__(self, database: Database, store: UserStore, changes: Changes) -> None:
        self._database = database
        self._store = store
        self._changes = changes

    async def of(self, user_id: UserId) -> Profile:
        """Raises ProfileNotFound for whoever has no account here. Spec: client-server, Profiles."""
        profile = await self._store.find_profile(user_id)
        if profile is None:
            raise ProfileNotFound("Nobody here is called so")
        return profile

    async def set_displayname(self, user_id: UserId, value: object) -> None:
        """They are called so; None or nothing for no name. Raises InvalidValue."""
        batch = Batch()
        self._store.set_displayname(batch, user_id, check_displayname(value))
        await self._commit(batch, user_id)

    async def set_avatar_url(self, user_id: UserId, value: object) -> None:
        """This is their picture; None or nothing for none. Raises InvalidValue."""
        batch = Batch()
        self._store.set_avatar_url(batch, user_id, check_avatar_url(value))
        await self._commit(batch, user_id)

    async def _commit(self, batch: Batch, user_id: UserId) -> None:
        batch.announce(Change("profiles", self._changes.next_position(), None, frozenset({user_id})))
        await self._database.commit(batch)
