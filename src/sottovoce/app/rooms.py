"""The part of the messenger about rooms and the names that lead to them."""

from sottovoce.app.adapters import AttentionRelay
from sottovoce.app.foundation import Foundation
from sottovoce.domains.directory.service import Directory, People
from sottovoce.domains.directory.store import AliasRows, PublishedRows
from sottovoce.domains.rooms.follower import PeopleFollower
from sottovoce.domains.rooms.service import Memory, Rooms, Surroundings, Tools
from sottovoce.domains.rooms.store import RelationRows, RoomRows
from sottovoce.http.client import (
    directory,
    finding,
    relations,
    room_create,
    room_membership,
    room_read,
    room_send,
    room_summary,
    spaces,
    user_directory,
)
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import ServerName, UserId, user_id
from sottovoce.protocol.room_versions import room_version
from sottovoce.protocol.signing import Signer
from sottovoce.protocol.tokens import TokenSealer

SERVER_LOCALPART = "_server"


def server_user(server: ServerName) -> UserId:
    """Who writes in the server's name."""
    return user_id(SERVER_LOCALPART, server)


class RoomsPart:
    """The rooms and the directory, built and following what they have to."""

    def __init__(self, base: Foundation, sealer: TokenSealer, relay: AttentionRelay) -> None:
        accounts, database, changes = base.accounts, base.database, base.changes
        identity = accounts.identity.current
        signer = Signer(identity.name, identity.signing_key_id, identity.signing_key_seed)
        rows, aliases, published = RoomRows(database), AliasRows(database), PublishedRows(database)
        self._lists_rooms = base.settings.public_directory == "on"
        self.memory = Memory(rows)
        self.rooms = Rooms(
            Tools(rows, RelationRows(database), self.memory, changes, database, signer, base.clock),
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
            database, aliases, published, self.rooms, identity.name, sealer, is_open=self._lists_rooms
        )
        listed = published if self._lists_rooms else None
        self._people = People(self.rooms, accounts, listed, identity.name)
        changes.follow("account_data", self.rooms.preferences.changed)
        self.people_follower = PeopleFollower(self.rooms, accounts, base.tasks)
        changes.follow("profiles", self.people_follower.changed)
        self.people_follower.begin()
        changes.follow("rooms", self.rooms.peeks.changed)

    def routes(self) -> list[Route]:
        """The routes about rooms, their timelines and their names."""
        return [
            *room_create.routes(self.rooms),
            *room_membership.routes(self.rooms),
            *room_read.routes(self.rooms),
            *room_send.routes(self.rooms),
            *relations.routes(self.rooms),
            *directory.routes(self.directory),
            *spaces.routes(self.rooms),
            *finding.routes(self.rooms),
            *user_directory.routes(self._people),
            *room_summary.routes(self.rooms, is_open=self._lists_rooms),
        ]
