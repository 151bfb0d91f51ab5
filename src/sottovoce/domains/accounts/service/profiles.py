"""What people call themselves, and what else they say of themselves."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import UserId

from ..model import Profile, ProfileNotFound, ProfileTooLarge
from ..ports import ProfileStore
from ..rules import (
    AVATAR_URL,
    DISPLAYNAME,
    MAX_PROFILE_BYTES,
    check_avatar_url,
    check_displayname,
    check_profile_key,
    check_profile_value,
)

BringUser = Callable[[UserId], Awaitable[bool]]
"""Whether an app service knows this user, whose account exists now."""

_encode = msgspec.json.Encoder().encode


class Profiles:
    """Names, pictures and other fields. Spec: client-server, Profiles.

    A change of name or picture is announced on the stream `profiles`, to its owner alone, and stays on the list of
    news until every room shows it.
    """

    def __init__(self, database: Database, store: ProfileStore, changes: Changes, bring_user: BringUser) -> None:
        self._database = database
        self._store = store
        self._changes = changes
        self._bring_user = bring_user
        self._one_at_a_time = asyncio.Lock()

    async def of(self, user_id: UserId) -> Profile:
        """Name and picture. Raises ProfileNotFound for whoever has no account here."""
        profile = await self._store.find_profile(user_id)
        if profile is None and await self._bring_user(user_id):
            profile = await self._store.find_profile(user_id)
        if profile is None:
            raise ProfileNotFound("Nobody here is called so")
        return profile

    async def of_many(self, user_ids: Sequence[UserId]) -> dict[UserId, Profile]:
        """Names and pictures of those who have an account here."""
        return await self._store.list_profiles(user_ids) if user_ids else {}

    async def fields(self, user_id: UserId) -> dict[str, msgspec.Raw]:
        """Everything somebody says of themselves, by name, encoded. Raises ProfileNotFound."""
        profile = await self.of(user_id)
        others = await self._store.list_profile_fields(user_id)
        named = ((DISPLAYNAME, profile.displayname), (AVATAR_URL, profile.avatar_url))
        fields = {name: _encode(value) for name, value in named if value is not None} | others
        return {name: msgspec.Raw(value) for name, value in fields.items()}

    async def set(self, user_id: UserId, name: str, value: object) -> None:
        """The field is this. A name or picture that is null or nothing is none.

        Raises InvalidValue, ProfileKeyTooLarge, ProfileTooLarge.
        """
        if name == DISPLAYNAME:
            await self.set_displayname(user_id, value)
        elif name == AVATAR_URL:
            await self.set_avatar_url(user_id, value)
        else:
            check_profile_key(name)
            check_profile_value(name, value)
            encoded, batch = _encode(value), Batch()
            self._store.set_profile_field(batch, user_id, name, encoded)
            async with self._one_at_a_time:
                await self._check_size(user_id, name, encoded)
                await self._database.commit(batch)

    async def remove(self, user_id: UserId, name: str) -> None:
        """There is no such field. Raises InvalidValue, ProfileKeyTooLarge."""
        if name in (DISPLAYNAME, AVATAR_URL):
            await self.set(user_id, name, None)
            return
        check_profile_key(name)
        batch = Batch()
        self._store.remove_profile_field(batch, user_id, name)
        await self._database.commit(batch)

    async def set_displayname(self, user_id: UserId, value: object) -> None:
        """They are called so; None or nothing for no name. Raises InvalidValue, ProfileTooLarge."""
        name, batch = check_displayname(value), Batch()
        self._store.set_displayname(batch, user_id, name)
        await self._commit(batch, user_id, DISPLAYNAME, name)

    async def set_avatar_url(self, user_id: UserId, value: object) -> None:
        """This is their picture; None or nothing for none. Raises InvalidValue, ProfileTooLarge."""
        url, batch = check_avatar_url(value), Batch()
        self._store.set_avatar_url(batch, user_id, url)
        await self._commit(batch, user_id, AVATAR_URL, url)

    def announce(self, batch: Batch, user_id: UserId) -> None:
        """With the batch, which is submitted before anything is awaited, the person's rooms have something to show."""
        position = self._changes.next_position()
        self._store.add_profile_news(batch, user_id, position)
        batch.announce(Change("profiles", position, None, frozenset({user_id})))

    async def news(self) -> list[tuple[UserId, int]]:
        """Whose rooms do not all show their name and picture yet, and since which position."""
        return await self._store.list_profile_news()

    async def followed(self, user_id: UserId, position: int) -> None:
        """The person's rooms show them as they were at this position; later news stay."""
        batch = Batch()
        self._store.remove_profile_news(batch, user_id, position)
        await self._database.commit(batch)

    async def _commit(self, batch: Batch, user_id: UserId, name: str, value: str | None) -> None:
        async with self._one_at_a_time:
            if value is not None:
                await self._check_size(user_id, name, _encode(value))
            self.announce(batch, user_id)
            await self._database.commit(batch)

    async def _check_size(self, user_id: UserId, name: str, value: bytes) -> None:
        fields = await self.fields(user_id)
        fields[name] = msgspec.Raw(value)
        if len(_encode(fields)) >= MAX_PROFILE_BYTES:
            raise ProfileTooLarge(f"A profile is smaller than {MAX_PROFILE_BYTES} bytes")
