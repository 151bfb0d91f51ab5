"""What a registration says."""

import re
from typing import NamedTuple

import msgspec

from sottovoce.protocol.ids import RoomAlias, RoomId, UserId


class Namespace(NamedTuple):
    """Names that an app service is interested in. is_exclusive: and that nobody else may make."""

    pattern: re.Pattern[str]
    is_exclusive: bool


class AppService(msgspec.Struct, frozen=True, kw_only=True):
    """An app service, as its registration says. url None: it wants to hear of nothing.

    token_hash: of the token by which it is known here. hs_token: the one by which this server is known there.
    receives_ephemeral: it wants typing, receipts and presence. receives_encryption: it wants what the devices of its
    users need to encrypt. protocols: the networks it can be asked about.
    """

    id: str
    url: str | None
    token_hash: bytes
    hs_token: str
    sender_localpart: str
    users: tuple[Namespace, ...] = ()
    aliases: tuple[Namespace, ...] = ()
    rooms: tuple[Namespace, ...] = ()
    is_rate_limited: bool = True
    receives_ephemeral: bool = False
    receives_encryption: bool = False
    protocols: tuple[str, ...] = ()

    def has_user(self, user_id: UserId) -> bool:
        """Whether the name is in its namespace of users, which its sender need not be."""
        return _has(self.users, user_id)

    def has_alias(self, alias: RoomAlias) -> bool:
        """Whether the alias is in its namespace."""
        return _has(self.aliases, alias)

    def has_room(self, room_id: RoomId) -> bool:
        """Whether the room is in its namespace."""
        return _has(self.rooms, room_id)

    def reserves_user(self, user_id: UserId) -> bool:
        """Whether nobody else may make an account of this name."""
        return _reserves(self.users, user_id)

    def reserves_alias(self, alias: RoomAlias) -> bool:
        """Whether nobody else may give a room this alias."""
        return _reserves(self.aliases, alias)


def _has(namespaces: tuple[Namespace, ...], name: str) -> bool:
    return any(namespace.pattern.match(name) for namespace in namespaces)


def _reserves(namespaces: tuple[Namespace, ...], name: str) -> bool:
    return any(namespace.is_exclusive and namespace.pattern.match(name) for namespace in namespaces)
