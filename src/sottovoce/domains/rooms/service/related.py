"""Which events relate to one, and which threads a room has."""

from collections.abc import Container, Sequence

from msgspec.structs import replace

from sottovoce.protocol.events import client_form, redact_event
from sottovoce.protocol.ids import EventId, RoomId, UserId
from sottovoce.protocol.relations import THREAD
from sottovoce.protocol.room_versions import RoomVersion

from ..model import ChildrenPage, EventNotFound, NotInRoom, Page, Reader, ThreadsPage, TimelineEvent
from .reading import Reading
from .showing import Seen
from .sight import Access

MAX_RELATED_EVENTS = 1000
"""The most events of one page, whatever a client asks for."""
RECURSION_LEVELS = 3
MAX_RECURSED_EVENTS = 5000
"""How many events of each level are followed to the next, the newest in the direction of reading."""
MAX_SCANNED_THREADS = 1000
"""How many threads one request looks at in search of those the reader takes part in."""


class Related(Reading):
    """Answers what relates to what."""

    async def relations(
        self,
        reader: Reader,
        room_id: RoomId,
        event_id: EventId,
        rel_type: str | None,
        event_type: str | None,
        start: str | None,
        end: str | None,
        backwards: bool,
        limit: int,
        recurse: bool,
    ) -> ChildrenPage:
        """A page of the events that relate to this one; None: in any way, of any type.

        recurse: also those that relate to these, over as many levels as the answer's depth says. Raises EventNotFound
        (also where the reader may not see the event), InvalidParam (a foreign token).
        Spec: client-server, GET /rooms/{roomId}/relations/{eventId}.
        """
        try:
            access, (parent, _) = await self._one(reader, room_id, event_id)
        except NotInRoom:
            raise EventNotFound from None
        page = self._page(access, start, end, backwards, min(limit, MAX_RELATED_EVENTS))
        depth = RECURSION_LEVELS if recurse else 1
        places = await self._descendants(access, parent.position, page, rel_type, event_type, depth)
        seen = await self.visible(access, await self.memory.events(places[: page.limit]))
        chunk = await self.shown(access, reader, seen)
        return ChildrenPage(chunk, self._further(access, places, page), depth)

    async def threads(
        self, reader: Reader, room_id: RoomId, start: str | None, limit: int, participated: bool
    ) -> ThreadsPage:
        """A page of the events with which threads begin, that with the newest reply first.

        participated: only those the reader takes part in. Raises NotInRoom, InvalidParam (a foreign token).
        Spec: client-server, GET /rooms/{roomId}/threads.
        """
        access = await self.access(reader.user_id, room_id)
        cursor = access.until if start is None else min(access.until, self._page_position(reader.user_id, start))
        limit = min(limit, MAX_RELATED_EVENTS)
        ignored = await self.preferences.ignored_by(reader.user_id)
        roots: list[int] = []
        scanned, has_more = 0, True
        while has_more and len(roots) < limit and scanned < MAX_SCANNED_THREADS:
            found = await self._tools.relations.list_threads(
                access.room.room_key, access.until, cursor, ignored, limit + 1
            )
            has_more = len(found) > limit
            wanted = await self._wanted_threads(access, reader, [root for root, _ in found[:limit]], participated)
            for root, latest in found[:limit]:
                if len(roots) == limit:
                    has_more = True
                    break
                roots += [root] if root in wanted else []
                cursor = latest - 1
            scanned += len(found)
        return ThreadsPage(
            await self.shown(access, reader, await self._roots(access, roots, ignored)),
            self.page_token(reader.user_id, cursor) if has_more else None,
        )

    async def _roots(self, access: Access, places: Sequence[int], ignored: Container[UserId]) -> list[Seen]:
        """The events with which threads begin, in this order; those of ignored people without what they say."""
        visible = await self.memberships_at(access, places)
        roots = await self.memory.events([place for place in places if place in visible])
        version = access.room.version
        seen = [
            (_emptied(root, version) if root.event.sender in ignored else root, visible[root.position])
            for root in roots
        ]
        return await self._without_erased(access.room, seen)

    async def _wanted_threads(
        self, access: Access, reader: Reader, roots: Sequence[int], participated: bool
    ) -> set[int]:
        """Of these the threads in which the reader can see a reply; participated: and takes part."""
        families, _ = await self._families(access, reader, roots)
        threads = {root: kinds[THREAD][0].is_mine for root, kinds in families.items() if THREAD in kinds}
        if not participated:
            return set(threads)
        events = await self.memory.events(sorted(threads))
        begun = {placed.position for placed in events if placed.event.sender == reader.user_id}
        return {root for root, is_mine in threads.items() if is_mine or root in begun}

    async def _descendants(
        self, access: Access, parent: int, page: Page, rel_type: str | None, event_type: str | None, depth: int
    ) -> list[int]:
        """Where those on the page stand, in its order; one more than its limit if there are more."""
        room_key, wanted = access.room.room_key, page._replace(limit=page.limit + 1)
        relations, ignored = self._tools.relations, await self.preferences.ignored_by(access.user_id)
        if depth == 1:
            return await relations.list_children(room_key, [parent], wanted, rel_type, event_type, ignored)
        everything = Page(0, access.until, page.backwards, MAX_RECURSED_EVENTS)
        level, found = [parent], set[int]()
        for _ in range(depth):
            level = await relations.list_children(room_key, level, everything, rel_type, event_type, ignored)
            found |= set(level)
            if not level:
                break
        on_page = sorted((place for place in found if page.after < place <= page.until), reverse=page.backwards)
        return on_page[: wanted.limit]

    def _page(self, access: Access, start: str | None, end: str | None, backwards: bool, limit: int) -> Page:
        """The events from the place of one token to that of another."""
        user_id = access.user_id
        first, last = (access.until, 0) if backwards else (0, access.until)
        cursor = first if start is None else self._page_position(user_id, start)
        stop = last if end is None else self._page_position(user_id, end)
        after, until = (stop, cursor) if backwards else (cursor, stop)
        return Page(after, min(until, access.until), backwards, limit)

    def _further(self, access: Access, places: Sequence[int], page: Page) -> str | None:
        """The token of the next page, if there is one."""
        if len(places) <= page.limit:
            return None
        last = places[page.limit - 1]
        return self.page_token(access.user_id, last - 1 if page.backwards else last)


def _emptied(placed: TimelineEvent, version: RoomVersion) -> TimelineEvent:
    pruned = redact_event(placed.event, version)
    return replace(placed, event=pruned, client=client_form(pruned))
