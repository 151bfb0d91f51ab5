"""What whoever searches the rooms asks of them: where they may look, and what is around an event."""

from collections.abc import Collection, Sequence

from sottovoce.protocol.filters import RoomEventFilter
from sottovoce.protocol.ids import EventId, UserId

from ..model import MEMBER, Neighbours, NotInRoom, Reader, TimelineEvent
from .related import Related
from .showing import Seen
from .sight import Access

_EVERYTHING = RoomEventFilter()


class Searched(Related):
    """Reads many rooms at once, and the log of all."""

    async def searchable(self, user_id: UserId) -> dict[int, Access]:
        """The rooms the person is or was in, by their keys, each as far as they may read it; no forgotten ones."""
        mine = await self.memory.rooms_of(user_id)
        room_ids = [room_id for room_id, what in mine.items() if not what.is_forgotten]
        await self.memory.load_rooms(room_ids)
        found = {}
        for room_id in room_ids:
            try:
                access = await self.access(user_id, room_id)
            except NotInRoom:
                continue
            found[access.room.room_key] = access
        return found

    async def seen_at(self, access: Access, positions: Sequence[int]) -> list[Seen]:
        """The events at these positions that the person may see, with what they were to the room."""
        return await self.visible(access, await self.memory.events(positions))

    async def neighbours(self, access: Access, reader: Reader, position: int, before: int, after: int) -> Neighbours:
        """At most so many events before and after this one, and what their senders were called then."""
        earlier, _ = await self._scan(access, position - 1, 0, True, before, _EVERYTHING)
        later, _ = await self._scan(access, position, access.until, False, after, _EVERYTHING)
        first = earlier[-1][0].position if earlier else position
        last = later[-1][0].position if later else position
        around = [*earlier, *await self.seen_at(access, [position]), *later]
        return Neighbours(
            start=self.page_token(access.user_id, first - 1),
            end=self.page_token(access.user_id, last),
            events_before=await self.shown(access, reader, earlier),
            events_after=await self.shown(access, reader, later),
            profiles=await self._profiles(access, position, {placed.event.sender for placed, _ in around}),
        )

    async def state_of(self, access: Access, reader: Reader) -> list[bytes]:
        """The state as the reader may know it: now, or when they left."""
        positions = await self.state_positions(access.room, access.until)
        events = await self.memory.events(sorted(positions.values()))
        membership = access.membership.membership.encode()
        return await self.shown(access, reader, [(placed, membership) for placed in events])

    async def log_of(
        self, types: Collection[str], after: int, until: int, limit: int
    ) -> list[tuple[int, TimelineEvent]]:
        """The oldest events of these types in (after, until], of all rooms, each with the key of its room."""
        places = dict(await self._tools.store.list_log(types, after, until, limit))
        events = await self._tools.store.list_events(list(places))
        return [(places[placed.position], placed) for placed in events]

    async def place_of(self, event_id: EventId) -> tuple[int, int] | None:
        """(the key of the event's room, its position); None if there is no such event."""
        return await self._tools.store.find_position(event_id)

    async def _profiles(self, access: Access, at: int, senders: Collection[UserId]) -> dict[UserId, dict[str, str]]:
        """What these people were called in the room right after this position."""
        state = await self.state_positions(access.room, at)
        places = [state[MEMBER, sender] for sender in senders if (MEMBER, sender) in state]
        profiles = {}
        for placed in await self.memory.events(places):
            content = placed.event.content
            named = {field: content.get(field) for field in ("displayname", "avatar_url")}
            profiles[UserId(placed.event.state_key or "")] = {
                field: text for field, text in named.items() if isinstance(text, str)
            }
        return profiles
