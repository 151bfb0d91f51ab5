"""Finding people: those one shares a room with, those in listed rooms, and whoever is called exactly so."""

from sottovoce.domains.accounts.model import Profile
from sottovoce.protocol.ids import ServerName, UserId, is_user_id, server_of

from ..model import BadQuestion, FoundPeople, FoundPerson
from ..ports import PeopleRooms, Profiles, PublishedStore
from ..rules import rank, words_of

MAX_TERM_CHARACTERS = 256
MAX_RESULTS = 100
MAX_CANDIDATES = 10_000
MAX_LISTED_ROOMS = 1_000


class People:
    """Answers searches for people. There is no list of everybody here.

    published: the public list, whose rooms' people everybody finds; None if there is none.
    """

    def __init__(
        self, rooms: PeopleRooms, profiles: Profiles, published: PublishedStore | None, server: ServerName
    ) -> None:
        self._rooms = rooms
        self._profiles = profiles
        self._published = published
        self._server = server

    async def search(self, user_id: UserId, term: str, limit: int) -> FoundPeople:
        """At most `limit` people, the best first, whose name or address has all words of the term.

        Raises BadQuestion. Spec: client-server, POST /user_directory/search.
        """
        if len(term) > MAX_TERM_CHARACTERS:
            raise BadQuestion(f"search_term has at most {MAX_TERM_CHARACTERS} characters")
        if limit < 1:
            raise BadQuestion("limit is at least 1")
        term, words = term.strip(), words_of(term)
        profiles = await self._profiles.profiles_of(await self._candidates(user_id, term)) if words else {}
        ranked: list[tuple[int, bool, UserId, Profile]] = []
        for person, profile in profiles.items():
            place = 0 if person == term else rank(words, person, profile.displayname)
            if place is not None:
                ranked.append((place, profile == (None, None), person, profile))
        ranked.sort(key=lambda found: found[:3])
        best = ranked[: min(limit, MAX_RESULTS)]
        found = [FoundPerson(person, profile.displayname, profile.avatar_url) for _, _, person, profile in best]
        return FoundPeople(found, len(ranked) > len(best))

    async def _candidates(self, user_id: UserId, term: str) -> list[UserId]:
        people = set(await self._rooms.contacts_of(user_id))
        if self._published is not None:
            for room_id in await self._published.list_published(MAX_LISTED_ROOMS):
                people.update(await self._rooms.joined_users(room_id))
        people.discard(user_id)
        candidates = sorted(people)[:MAX_CANDIDATES]
        stranger = UserId(term)
        is_here = is_user_id(term) and server_of(stranger) == self._server
        if is_here and stranger != user_id and stranger not in people and await self._profiles.exists(stranger):
            candidates.append(stranger)
        return candidates
