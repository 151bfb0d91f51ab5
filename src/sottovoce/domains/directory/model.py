"""Names, pages of the public list, and how the directory refuses."""

from typing import NamedTuple

import msgspec

from sottovoce.domains.rooms.model import RoomSummary
from sottovoce.protocol.ids import RoomId, ServerName, UserId


class AliasRecord(NamedTuple):
    """Where an alias leads, and who made it."""

    room_id: RoomId
    creator: UserId


class AliasTarget(msgspec.Struct, frozen=True):
    """What an alias leads to. Spec: client-server, GET /directory/room/{roomAlias}."""

    room_id: RoomId
    servers: list[ServerName]


class RoomsFilter(msgspec.Struct, frozen=True):
    """Which of the public rooms are asked for. Spec: client-server, POST /publicRooms."""

    generic_search_term: str | None = None
    room_types: list[str | None] | None = None


class RoomsQuestion(msgspec.Struct, frozen=True):
    """A page of the public list. Spec: client-server, POST /publicRooms."""

    limit: int | None = None
    since: str | None = None
    filter: RoomsFilter | None = None
    include_all_networks: bool = False
    third_party_instance_id: str | None = None


class RoomsPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer. Spec: client-server, POST /publicRooms."""

    chunk: list[RoomSummary]
    total_room_count_estimate: int
    next_batch: str | None = None
    prev_batch: str | None = None


class AliasTaken(Exception):
    """The alias leads to a room already."""


class NotYourAlias(Exception):
    """Who may take an alias away: whoever made it, whoever names the room, and administrators."""


class ForeignAlias(Exception):
    """The alias is of another server."""


class TooManyAliases(Exception):
    """The room has as many aliases as a room may have."""


class ForeignDirectory(Exception):
    """The list of another server was asked for."""


class BadQuestion(Exception):
    """The page asked for makes no sense; the text says why."""


class DirectoryClosed(Exception):
    """This server lists no rooms."""


class DirectoryFull(Exception):
    """The list is as long as it may be."""


class MayNotPublish(Exception):
    """Who may list a room: whoever may name it, and administrators."""


class FoundPerson(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody that a search found."""

    user_id: UserId
    display_name: str | None = None
    avatar_url: str | None = None


class FoundPeople(msgspec.Struct, frozen=True):
    """What a search found. limited: there were more."""

    results: list[FoundPerson]
    limited: bool
