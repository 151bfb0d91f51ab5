"""Events as a reader is shown them, with what relates to them told in `unsigned`.

Only events that something is known to relate to cost anything here. Spec: client-server, Aggregations of child events.
"""

from collections.abc import Callable, Mapping, Sequence

from sottovoce.protocol.ids import EventId
from sottovoce.protocol.relations import REFERENCE, REPLACE, THREAD, relation_of

from ..model import Child, Reader, TimelineEvent
from ..rules import family, is_redacted, newest_edits, relations_fragment, with_room_id
from .sight import Access, Sight

MAX_AGGREGATED_CHILDREN = 1000
"""Of each kind, per event; of more the newest are looked at, and counts are as good as that."""

Seen = tuple[TimelineEvent, bytes]
Form = Callable[[TimelineEvent, Reader, int, bytes, bytes], bytes]
Kinds = Mapping[str, Sequence[Child]]


class Showing(Sight):
    """Turns events that somebody may see into what they are sent."""

    async def shown(
        self, access: Access, reader: Reader, seen: Sequence[Seen], form: Form = with_room_id
    ) -> list[bytes]:
        """The events, whole JSON objects, each with its bundled aggregations; `form` is in_sync or with_room_id."""
        now_ms = self._tools.clock.now_ms()
        told = await self._told_with(access, reader, seen) if any(placed.is_parent for placed, _ in seen) else {}
        return [form(placed, reader, now_ms, what, told.get(placed.position, b"")) for placed, what in seen]

    async def _told_with(self, access: Access, reader: Reader, seen: Sequence[Seen]) -> dict[int, bytes]:
        """For each of these events that others relate to, what its `unsigned` says of them."""
        parents = {placed.position: placed for placed, _ in seen if placed.is_parent and placed.event.state_key is None}
        families, visible = await self._families(access, reader, sorted(parents))
        edits = await self._edits(access, reader, parents, families, visible)
        latest = await self._latest_in_threads(access, reader, families, visible)
        event_ids = await self._referring(families)
        told = {}
        for place, kinds in families.items():
            is_mine = parents[place].event.sender == reader.user_id
            told[place] = relations_fragment(kinds, edits.get(place), latest.get(place), event_ids, is_mine)
        return told

    async def _families(
        self, access: Access, reader: Reader, parents: Sequence[int]
    ) -> tuple[dict[int, Kinds], Mapping[int, bytes]]:
        """The children of each of these events that the reader may see, by kind, each kind ascending.

        And what the reader was to the room at each child.
        """
        ignored = await self.preferences.ignored_by(reader.user_id)
        found = await self._tools.relations.list_aggregated(
            access.room.room_key, parents, access.until, reader.user_id, ignored, MAX_AGGREGATED_CHILDREN
        )
        visible = await self.memberships_at(access, [child.position for each in found.values() for child in each])
        return {parent: family(children, visible) for parent, children in found.items()}, visible

    async def _edits(
        self,
        access: Access,
        reader: Reader,
        parents: Mapping[int, TimelineEvent],
        families: Mapping[int, Kinds],
        visible: Mapping[int, bytes],
    ) -> dict[int, bytes]:
        """The newest edit of each event that has any and was not redacted itself."""
        candidates = {
            place: newest_edits(kinds[REPLACE])
            for place, kinds in families.items()
            if REPLACE in kinds and not is_redacted(parents[place])
        }
        events = await self._seen_at(access, [place for places in candidates.values() for place in places], visible)
        now_ms = self._tools.clock.now_ms()
        edits = {}
        for parent, places in candidates.items():
            edit, membership = max((events[place] for place in places), key=lambda seen: seen[0].event.event_id)
            if relation_of(edit.event.content) is not None:  # else it was emptied
                edits[parent] = with_room_id(edit, reader, now_ms, membership)
        return edits

    async def _latest_in_threads(
        self, access: Access, reader: Reader, families: Mapping[int, Kinds], visible: Mapping[int, bytes]
    ) -> dict[int, bytes]:
        """The newest event of each thread. It begins no thread itself, so this goes one level down and no further."""
        places = {parent: kinds[THREAD][-1].position for parent, kinds in families.items() if THREAD in kinds}
        events = await self._seen_at(access, list(places.values()), visible)
        seen = [events[place] for place in places.values()]
        return dict(zip(places, await self.shown(access, reader, seen), strict=True))

    async def _referring(self, families: Mapping[int, Kinds]) -> dict[int, EventId]:
        places = [child.position for kinds in families.values() for child in kinds.get(REFERENCE, ())]
        return await self._tools.relations.find_event_ids(places) if places else {}

    async def _seen_at(self, access: Access, places: Sequence[int], visible: Mapping[int, bytes]) -> dict[int, Seen]:
        """The events at these places, all of them visible, as the reader may read them."""
        events = await self.memory.events(sorted(places))
        seen = await self._without_erased(access.room, [(placed, visible[placed.position]) for placed in events])
        return {placed.position: (placed, membership) for placed, membership in seen}
