"""The part of the messenger about rooms and the names that lead to them."""

from typing import Protocol

from sottovoce.app.adapters import AttentionRelay
from sottovoce.app.bridges import BridgedAliases
from sottovoce.app.foundation import Foundation
from sottovoce.domains.appservices.store import AppServiceRows
from sottovoce.domains.directory.service import Directory, People
from sottovoce.domains.directory.store import PublishedRows
from sottovoce.domains.rooms.follower import PeopleFollower
from sottovoce.domains.rooms.service import Ageing, Eraser, Erasing, Memory, Retention, Rooms, Surroundings, Tools
from sottovoce.domains.rooms.store import AgeingRows, CatalogueRows, ErasingRows, RedactedRows, RelationRows, RoomRows
from sottovoce.http.client import (
    directory,
    finding,
    policy_server,
    relations,
    room_create,
    room_membership,
    room_read,
    room_summary,
    spaces,
    user_directory,
)
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import RoomId, ServerName, UserId, user_id
from sottovoce.protocol.room_versions import room_version
from sottovoce.protocol.signing import Signer
from sottovoce.protocol.tokens import TokenSealer

SERVER_LOCALPART = "_server"


def server_user(server: ServerName) -> UserId:
    """Who writes in the server's name."""
    return user_id(SERVER_LOCALPART, server)


HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class _HasRooms(Protocol):
    async def erase_room(self, room_id: RoomId) -> None: ...


def by_id(domain: _HasRooms) -> Eraser:
    """Erases what this domain has of a room."""

    async def erase(room_id: RoomId, room_key: int) -> None:
        await domain.erase_room(room_id)

    return erase


class RoomsPart:
    """The rooms and the directory, built and following what they have to."""

    def __init__(self, base: Foundation, sealer: TokenSealer, relay: AttentionRelay) -> None:
        accounts, database, changes = base.accounts, base.database, base.changes
        identity = accounts.identity.current
        signer = Signer(identity.name, identity.signing_key_id, identity.signing_key_seed)
        rows, aliases, published = (
            RoomRows(database),
            BridgedAliases(database, base.app_services),
            PublishedRows(database),
        )
        self._lists_rooms = base.settings.public_directory == "on"
        self.memory = Memory(rows)
        kept_ms = base.settings.redaction_retention_hours * HOUR_MS
        retention = Retention(RedactedRows(database), base.clock, kept_ms)
        tools = Tools(rows, RelationRows(database), self.memory, changes, database, signer, base.clock, retention)
        self.rooms = Rooms(
            tools,
            Surroundings(
                server=identity.name,
                default_version=room_version(base.settings.default_room_version),
                sealer=sealer,
                people=accounts,
                kept=accounts.account_data,
                aliases=aliases,
                attention=relay,
                ids=base.ids,
                publishing=published if self._lists_rooms else None,
                server_user=server_user(identity.name),
            ),
        )
        self.directory = Directory(
            database,
            aliases,
            published,
            self.rooms,
            identity.name,
            sealer,
            AppServiceRows(database),
            is_open=self._lists_rooms,
        )
        self._end_what_ends(base, tools)
        listed = published if self._lists_rooms else None
        self._people = People(self.rooms, accounts, listed, identity.name)
        self._follow(base)

    def _end_what_ends(self, base: Foundation, tools: Tools) -> None:
        database, keep_days = base.database, base.settings.keep_messages_days
        self.erasing = Erasing(tools, ErasingRows(database))
        self.erasing.erasers += [by_id(self.directory), by_id(base.accounts.account_data)]
        keep_ms = None if keep_days is None else keep_days * DAY_MS
        self.ageing = Ageing(tools, AgeingRows(database), CatalogueRows(database), keep_ms)
        base.tasks.keep("rooms.sweep_erased", self.erasing.sweep_for_ever)
        base.tasks.keep("rooms.sweep_old", self.ageing.sweep_for_ever)

    def _follow(self, base: Foundation) -> None:
        changes = base.changes
        changes.follow("account_data", self.rooms.preferences.changed)
        self.people_follower = PeopleFollower(self.rooms, base.accounts, base.tasks)
        changes.follow("profiles", self.people_follower.changed)
        self.people_follower.begin()
        changes.follow("rooms", self.rooms.peeks.changed)

    def routes(self) -> list[Route]:
        """The routes about rooms, their timelines and their names."""
        return [
            *room_create.routes(self.rooms),
            *room_membership.routes(self.rooms),
            *room_read.routes(self.rooms),
            *relations.routes(self.rooms),
            *directory.routes(self.directory),
            *spaces.routes(self.rooms),
            *policy_server.routes(),
            *finding.routes(self.rooms),
            *user_directory.routes(self._people),
            *room_summary.routes(self.rooms, is_open=self._lists_rooms),
        ]
