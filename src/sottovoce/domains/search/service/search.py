"""Searching: the index finds events by their words, the rooms say which of them the person may see."""

from collections.abc import Mapping, Sequence

from sottovoce.domains.rooms.model import Reader
from sottovoce.domains.rooms.service import Access
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import UserId
from sottovoce.protocol.tokens import TokenSealer

from ..model import KEYS, Criteria, Found, Hit, Page, Question, Results, SearchOff, Start, UnknownSearchToken
from ..ports import SearchedRooms, SearchIndex
from ..rules import asked_words, indexed
from .answers import Answers

MAX_HITS = 1_000
"""How many events one search looks at; by rank there are no others, by time a token leads on."""
MAX_RESULTS = 100
MAX_SEARCHED_ROOMS = 5_000
_TOKEN = "find"
_READ_AT_ONCE_EVENTS = 50
_EVER = (1 << 62) - 1
_BEGINNING = Start(0, _EVER, 0, 0)


class Search:
    """Finds events in the rooms somebody is or was in. index: None where this server does not search."""

    def __init__(
        self, index: SearchIndex | None, rooms: SearchedRooms, database: Database, sealer: TokenSealer
    ) -> None:
        self._index = index
        self._rooms = rooms
        self._database = database
        self._sealer = sealer
        self._answers = Answers(rooms)

    async def search(self, reader: Reader, criteria: Criteria, token: str | None) -> Results:
        """A page of the events that match, which this person may see. Raises SearchOff, UnknownSearchToken.

        token: where the page begins; None: the first. Spec: client-server, POST /search.
        """
        if self._index is None:
            raise SearchOff
        start = _BEGINNING if token is None else self._opened(reader.user_id, token)
        accesses = await self._rooms.searchable(reader.user_id)
        room_keys = [key for key, access in accesses.items() if criteria.filter.room_matches(access.room.room_id)]
        if start.room_key and not start.example:
            room_keys = [key for key in room_keys if key == start.room_key]
        words = asked_words(criteria.search_term)
        question = Question(words, criteria.keys or list(KEYS), room_keys[:MAX_SEARCHED_ROOMS])
        hits = await self._hits(self._index, question, criteria, start)
        page = await self._page(accesses, hits, criteria, start)
        return await self._answers.answer(reader, criteria, words, page, lambda at: self._sealed(reader.user_id, at))

    async def erase_room(self, room_key: int) -> None:
        """Nothing of the room is found any more."""
        if self._index is not None:
            batch = Batch()
            self._index.remove_room(batch, room_key)
            await self._database.commit(batch)

    async def forget_events(self, positions: Sequence[int]) -> None:
        """The events at these positions are not found any more."""
        if self._index is not None:
            batch = Batch()
            for position in positions:
                self._index.remove(batch, position)
            await self._database.commit(batch)

    async def _hits(self, index: SearchIndex, question: Question, criteria: Criteria, start: Start) -> list[Hit]:
        if not (question.words and question.keys and question.room_keys):
            return []
        if criteria.order_by == "recent":
            return await index.find_newest(question, start.before, MAX_HITS)
        return await index.find_best(question, MAX_HITS)

    async def _page(self, accesses: Mapping[int, Access], hits: list[Hit], criteria: Criteria, start: Start) -> Page:
        """The events to answer with, among all hits that the person may see."""
        visible = await self._visible(accesses, hits)
        limit = max(1, min(criteria.filter.limit_events, MAX_RESULTS))
        sender = await self._sender(accesses, start)
        at, found = start.offset, list[Found]()
        while at < len(visible) and len(found) < limit:
            lot = visible[at : at + _READ_AT_ONCE_EVENTS]
            events = await self._read(accesses, lot)
            for hit in lot:
                at += 1
                seen = events.get(hit.position)
                if seen is None or not _is_wanted(seen, criteria, sender):
                    continue
                found.append(seen._replace(at=at - 1))
                if len(found) == limit:
                    break
        is_cut = criteria.order_by == "recent" and len(hits) == MAX_HITS
        return Page(found, visible, start, at, is_cut=is_cut)

    async def _visible(self, accesses: Mapping[int, Access], hits: list[Hit]) -> list[Hit]:
        by_room: dict[int, list[int]] = {}
        for hit in hits:
            by_room.setdefault(hit.room_key, []).append(hit.position)
        seen: set[int] = set()
        for room_key, positions in by_room.items():
            seen.update(await self._rooms.memberships_at(accesses[room_key], positions))
        return [hit for hit in hits if hit.position in seen]

    async def _read(self, accesses: Mapping[int, Access], hits: list[Hit]) -> dict[int, Found]:
        by_room: dict[int, dict[int, Hit]] = {}
        for hit in hits:
            by_room.setdefault(hit.room_key, {})[hit.position] = hit
        events = {}
        for room_key, wanted in by_room.items():
            access = accesses[room_key]
            for placed, membership in await self._rooms.seen_at(access, list(wanted)):
                events[placed.position] = Found(wanted[placed.position], access, placed, membership, 0)
        return events

    async def _sender(self, accesses: Mapping[int, Access], start: Start) -> UserId | None:
        """Whose events alone are wanted, where the page is one of a group of a sender's."""
        access = accesses.get(start.room_key)
        if not start.example or access is None:
            return None
        seen = await self._rooms.seen_at(access, [start.example])
        return seen[0][0].event.sender if seen else UserId("")

    def _sealed(self, user_id: UserId, start: Start) -> str:
        return self._sealer.seal(_TOKEN, user_id, start)

    def _opened(self, user_id: UserId, token: str) -> Start:
        try:
            return Start(*self._sealer.open(_TOKEN, user_id, token))
        except (Malformed, TypeError) as cause:
            raise UnknownSearchToken from cause


def _is_wanted(found: Found, criteria: Criteria, sender: UserId | None) -> bool:
    event = found.placed.event
    if indexed(event) is None or (sender is not None and event.sender != sender):  # emptied, or another's
        return False
    return criteria.filter.matches(event.type, event.sender, "url" in event.content)
