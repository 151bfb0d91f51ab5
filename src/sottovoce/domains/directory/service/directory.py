"""Names that lead to rooms, and the public list."""

from sottovoce.domains.rooms.model import AliasNotFound, AliasReserved, NotInRoom, RoomNotFound
from sottovoce.infra.db.model import Batch, Database, WriteConflict
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import RoomAlias, RoomId, ServerName, UserId, parse_room_alias, server_of
from sottovoce.protocol.tokens import TokenSealer

from ..model import (
    AliasTaken,
    AliasTarget,
    BadQuestion,
    DirectoryClosed,
    DirectoryFull,
    ForeignAlias,
    ForeignDirectory,
    MayNotPublish,
    NotYourAlias,
    RoomsFilter,
    RoomsPage,
    RoomsQuestion,
    TooManyAliases,
)
from ..ports import AliasStore, NamedRooms, NetworkLists, PublishedStore
from ..rules import in_order, is_found

MAX_ALIASES_PER_ROOM = 500
MAX_PUBLISHED_ROOMS = 5_000
PAGE_DEFAULT_ROOMS = 50
PAGE_MAX_ROOMS = 500
MAX_SEARCH_CHARACTERS = 1_000
MAX_ROOM_TYPES = 100
_PAGE = "directory"
_NAMES_THE_ROOM = "m.room.canonical_alias"


class Directory:
    """Aliases and the public list. is_open: whether this server keeps such a list at all."""

    def __init__(
        self,
        database: Database,
        aliases: AliasStore,
        published: PublishedStore,
        rooms: NamedRooms,
        server: ServerName,
        sealer: TokenSealer,
        networks: NetworkLists,
        *,
        is_open: bool,
    ) -> None:
        self._database = database
        self._aliases = aliases
        self._published = published
        self._rooms = rooms
        self._server = server
        self._sealer = sealer
        self._networks = networks
        self._is_open = is_open

    @property
    def is_open(self) -> bool:
        """Whether this server lists rooms for everybody."""
        return self._is_open

    async def resolve(self, text: str) -> AliasTarget:
        """Where the alias leads. Raises Malformed, AliasNotFound. Spec: GET /directory/room/{roomAlias}."""
        room_id = await self._aliases.resolve(parse_room_alias(text))
        if room_id is None:
            raise AliasNotFound
        return AliasTarget(room_id, [self._server])

    async def add_alias(self, text: str, room_id: RoomId, user_id: UserId, app_service: str | None = None) -> None:
        """The alias leads to the room, in which the person is. app_service: the one that asks, if one does.

        Raises AliasReserved, Malformed, ForeignAlias, NotInRoom, AliasTaken, TooManyAliases.
        Spec: PUT /directory/room/{roomAlias}.
        """
        alias = parse_room_alias(text)
        if server_of(alias) != self._server:
            raise ForeignAlias
        self._check_may_name(alias, app_service)
        if not await self._rooms.is_joined(user_id, room_id):
            raise NotInRoom
        if await self._aliases.find(alias) is not None:
            raise AliasTaken
        if len(await self._aliases.list_of_room(room_id)) >= MAX_ALIASES_PER_ROOM:
            raise TooManyAliases
        batch = Batch()
        self._aliases.claim(batch, alias, room_id, user_id)
        try:
            await self._database.commit(batch)
        except WriteConflict:
            raise AliasTaken from None

    async def remove_alias(self, text: str, user_id: UserId, *, is_admin: bool, app_service: str | None = None) -> None:
        """The alias leads nowhere, and the room does not call itself so, if the person may say that too.

        Raises AliasReserved, Malformed, AliasNotFound, NotYourAlias. Spec: DELETE /directory/room/{roomAlias}.
        """
        alias = parse_room_alias(text)
        record = await self._aliases.find_record(alias)
        if record is None:
            raise AliasNotFound
        if not is_admin:
            self._check_may_name(alias, app_service)
        if not (
            is_admin
            or app_service is not None
            or user_id == record.creator
            or await self._may_name(record.room_id, user_id)
        ):
            raise NotYourAlias
        batch = Batch()
        self._aliases.remove(batch, alias)
        await self._database.commit(batch)
        await self._rooms.renounce_alias(record.room_id, user_id, alias)

    async def aliases_of(self, room_id: RoomId, user_id: UserId) -> list[RoomAlias]:
        """The aliases that lead to the room. Raises NotInRoom, unless everybody may read it.

        Spec: client-server, GET /rooms/{roomId}/aliases.
        """
        if not await self._rooms.is_readable(user_id, room_id):
            raise NotInRoom
        return await self._aliases.list_of_room(room_id)

    async def is_public(self, room_id: RoomId, user_id: UserId | None) -> bool:
        """Whether the room stands in the public list. Raises RoomNotFound, also for rooms they should not know of.

        Spec: client-server, GET /directory/list/room/{roomId}.
        """
        if await self.lists(room_id):
            return True
        if user_id is None or not await self._rooms.is_joined(user_id, room_id):
            raise RoomNotFound
        return False

    async def lists(self, room_id: RoomId) -> bool:
        """Whether the room stands in the public list."""
        return self._is_open and await self._published.is_published(room_id)

    async def set_public(self, room_id: RoomId, user_id: UserId, *, is_public: bool, is_admin: bool) -> None:
        """The room stands in the public list, or does not.

        Raises RoomNotFound, MayNotPublish, DirectoryClosed, DirectoryFull. Spec: PUT /directory/list/room/{roomId}.
        """
        if not (is_admin or await self._rooms.is_joined(user_id, room_id)):
            raise RoomNotFound
        if not await self._may_name(room_id, user_id, is_admin=is_admin):
            raise MayNotPublish
        batch = Batch()
        if is_public:
            if not self._is_open:
                raise DirectoryClosed
            if await self._published.count() >= MAX_PUBLISHED_ROOMS:
                raise DirectoryFull
            self._published.publish(batch, room_id)
        else:
            self._published.remove(batch, room_id)
        await self._database.commit(batch)

    async def page(self, question: RoomsQuestion, server: str | None) -> RoomsPage:
        """A page of the public list, the rooms with most people first; nothing if this server keeps no list.

        Raises BadQuestion, ForeignDirectory. Spec: client-server, POST /publicRooms.
        """
        wanted = _checked(question)
        if server is not None and server != self._server:
            raise ForeignDirectory
        limit = min(PAGE_DEFAULT_ROOMS if question.limit is None else question.limit, PAGE_MAX_ROOMS)
        start = 0 if question.since is None else self._opened(question.since)
        if not self._is_open:
            return RoomsPage([], 0)
        room_ids = await self._listed(question)
        found = in_order(room for room in await self._rooms.summaries(room_ids) if is_found(room, wanted))
        end = start + limit
        return RoomsPage(
            found[start:end],
            len(found),
            self._sealed(end) if end < len(found) else None,
            self._sealed(max(0, start - limit)) if start > 0 else None,
        )

    async def erase_room(self, room_id: RoomId) -> None:
        """Nothing leads to the room, and no list names it."""
        batch = Batch()
        self._aliases.remove_of_room(batch, room_id)
        self._published.remove(batch, room_id)
        await self._database.commit(batch)

    def _check_may_name(self, alias: RoomAlias, app_service: str | None) -> None:
        if not self._aliases.may_name(alias, app_service):
            raise AliasReserved("Rooms get this alias from an app service only, or not from this one")

    async def _listed(self, question: RoomsQuestion) -> list[RoomId]:
        instance_id = question.third_party_instance_id
        if instance_id is not None:
            return await self._networks.list_network_rooms(instance_id, MAX_PUBLISHED_ROOMS)
        published = await self._published.list_published(MAX_PUBLISHED_ROOMS)
        if not question.include_all_networks:
            return published
        return list(dict.fromkeys([*published, *await self._networks.list_network_rooms(None, MAX_PUBLISHED_ROOMS)]))

    async def _may_name(self, room_id: RoomId, user_id: UserId, *, is_admin: bool = False) -> bool:
        """Raises RoomNotFound."""
        levels = await self._rooms.power_levels(room_id)
        if is_admin:
            return True
        is_joined = await self._rooms.is_joined(user_id, room_id)
        return is_joined and levels.of_user(user_id) >= levels.to_send(_NAMES_THE_ROOM, is_state=True)

    def _sealed(self, start: int) -> str:
        return self._sealer.seal(_PAGE, "", (start,))

    def _opened(self, token: str) -> int:
        try:
            return self._sealer.open(_PAGE, "", token)[0]
        except (Malformed, IndexError) as cause:
            raise BadQuestion("since is no token of this server") from cause


def _checked(question: RoomsQuestion) -> RoomsFilter:
    """The filter of a question with which nothing is wrong. Raises BadQuestion."""
    if question.limit is not None and question.limit < 1:
        raise BadQuestion("limit is at least 1")
    if question.include_all_networks and question.third_party_instance_id is not None:
        raise BadQuestion("third_party_instance_id goes with one network, include_all_networks with all")
    wanted = question.filter or RoomsFilter()
    if len(wanted.generic_search_term or "") > MAX_SEARCH_CHARACTERS:
        raise BadQuestion(f"generic_search_term has at most {MAX_SEARCH_CHARACTERS} characters")
    if len(wanted.room_types or ()) > MAX_ROOM_TYPES:
        raise BadQuestion(f"room_types has at most {MAX_ROOM_TYPES} types")
    return wanted
