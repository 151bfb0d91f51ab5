"""Presence in /sync: `m.presence` events of the people one shares a chat with."""

from sottovoce.domains.changes.model import SyncAnswer, SyncAsk
from sottovoce.protocol.ids import UserId

from ..ports import SharedRooms
from ..service import Presence

NAMED_ANEW_MAX = 100
"""How many people are named one by one after a restart; of more, only those who are there, to spare bytes."""


class PresenceFeed:
    """Implements changes.ports.Feed."""

    stream = "presence"

    def __init__(self, presence: Presence, rooms: SharedRooms) -> None:
        self._presence = presence
        self._shared = rooms

    async def contribute(self, ask: SyncAsk, answer: SyncAnswer) -> None:
        """The answer shows everybody who is there, or who became something else in (since, now]."""
        if not self._presence.is_enabled:
            return
        wanted = ask.filter.presence
        people = [user_id for user_id in await self._people(ask, answer) if wanted.matches("m.presence", user_id)]
        if people:
            answer.presence += await self._presence.events(people)

    async def _people(self, ask: SyncAsk, answer: SyncAnswer) -> set[UserId]:
        me, since = ask.user_id, ask.since
        if since is None:
            return set(self._presence.present(await self._shared.contacts_of(me) | {me}))
        changed = self._presence.changed_after(since.live) if since.epoch == ask.now.epoch else None
        if changed is None:
            # What was told before is forgotten, so people who left meanwhile have to be named too, if they are few.
            contacts = await self._shared.contacts_of(me) | {me}
            return contacts if len(contacts) <= NAMED_ANEW_MAX else set(self._presence.present(contacts))
        people = {user_id for user_id in changed if await self._presence.is_shown_to(me, user_id)}
        if answer.new_rooms:
            # Those already in a chat that is new to this person, and this person to them.
            for room_id in answer.new_rooms & answer.joined_rooms:
                people.update(self._presence.present(await self._shared.joined_users(room_id)))
            self._presence.introduce(me)
        return people
