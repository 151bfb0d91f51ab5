"""How what was found is told: results, what is around them, groups, states, tokens."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from sottovoce.domains.rooms.model import Reader
from sottovoce.protocol.ids import RoomId

from ..model import (
    ContextPart,
    Criteria,
    EventContext,
    Found,
    GroupKey,
    GroupPart,
    Page,
    Result,
    Results,
    Start,
)
from ..ports import SearchedRooms
from ..rules import highlights, indexed, next_in_group, next_page

MAX_CONTEXT_EVENTS = 50

Seal = Callable[[Start], str]


class Answers:
    """Makes answers of pages."""

    def __init__(self, rooms: SearchedRooms) -> None:
        self._rooms = rooms

    async def answer(self, reader: Reader, criteria: Criteria, words: Sequence[str], page: Page, seal: Seal) -> Results:
        """The whole answer. seal: makes a token of a place."""
        by_time = criteria.order_by == "recent"
        following = next_page(page, by_time=by_time)
        texts = [text for found in page.found if (text := indexed(found.placed.event)) is not None]
        return Results(
            count=len(page.visible),
            highlights=highlights((text for _, text in texts), words),
            results=[await self._result(reader, found, criteria.event_context) for found in page.found],
            next_batch=None if following is None else seal(following),
            groups=_groups(page, [group.key for group in criteria.groupings.group_by], seal, by_time=by_time),
            state=await self._states(reader, page.found) if criteria.include_state else None,
        )

    async def _result(self, reader: Reader, found: Found, wanted: EventContext | None) -> Result:
        [event] = await self._rooms.shown(found.access, reader, [(found.placed, found.membership)])
        context = None if wanted is None else await self._context(reader, found, wanted)
        return Result(found.hit.rank, msgspec.Raw(event), context)

    async def _context(self, reader: Reader, found: Found, wanted: EventContext) -> ContextPart:
        before, after = (max(0, min(limit, MAX_CONTEXT_EVENTS)) for limit in (wanted.before_limit, wanted.after_limit))
        around = await self._rooms.neighbours(found.access, reader, found.placed.position, before, after)
        profiles = around.profiles if wanted.include_profile else None
        return ContextPart(
            around.start, around.end, _array(around.events_before), _array(around.events_after), profiles
        )

    async def _states(self, reader: Reader, results: Iterable[Found]) -> dict[RoomId, msgspec.Raw]:
        accesses = {found.access.room.room_id: found.access for found in results}
        return {room_id: _array(await self._rooms.state_of(access, reader)) for room_id, access in accesses.items()}


def _groups(
    page: Page, keys: Sequence[GroupKey], seal: Seal, *, by_time: bool
) -> dict[GroupKey, dict[str, GroupPart]] | None:
    if not keys:
        return None
    groups: dict[GroupKey, dict[str, GroupPart]] = {key: {} for key in keys}
    for key, parts in groups.items():
        members: dict[str, list[Found]] = {}
        for found in page.found:
            event = found.placed.event
            members.setdefault(event.room_id if key == "room_id" else event.sender, []).append(found)
        for order, (name, results) in enumerate(members.items(), 1):
            following = next_in_group(page, key, results, by_time=by_time)
            ids = [found.placed.event.event_id for found in results]
            parts[name] = GroupPart(ids, order, None if following is None else seal(following))
    return groups


def _array(events: Iterable[bytes]) -> msgspec.Raw:
    return msgspec.Raw(b"[" + b",".join(events) + b"]")
