"""What a registration says."""

import re
from typing import NamedTuple

import msgspec

from sottovoce.protocol.ids import RoomAlias, RoomId, UserId


class Namespace(NamedTuple):
    """Names that an app service is interested in. is_exclusive: and that nobody else may make."""

    pattern: re.Pattern[str]
    is_exclusive: bool


class Progress(NamedTuple):
    """How far an app service has been told: all up to `told_until`.

    txn_id: of the transaction that is under way and tells what is up to `txn_until`; "" for none.
    """

    told_until: int
    txn_id: str = ""
    txn_until: int = 0


class AppServiceReply(NamedTuple):
    """What an app service answered."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


class AppService(msgspec.Struct, frozen=True, kw_only=True):
    """An app service, as its registration says. url None: it wants to hear of nothing.

    token_hash: of the token by which it is known here. hs_token: the one by which this server is known there.
    ephemeral_fields: what it calls typing, receipts and presence in a transaction; none: it does not want them.
    receives_encryption: it wants what the devices of its users need to encrypt. protocols: the networks it can be asked
    about.
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
    ephemeral_fields: tuple[str, ...] = ()
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


class NotThatAppService(Exception):
    """Only the app service itself may ask for this."""


class NoAnswer(Exception):
    """The app service that may know gave no answer in time."""


class NothingFound(Exception):
    """No app service knows of anything like it."""


class QuestionTooLong(Exception):
    """A search has more in it than is passed on."""


class ListClosed(Exception):
    """This server lists no rooms for everybody."""


class ListFull(Exception):
    """The app service lists as many rooms as it may."""


class HasNoUrl(Exception):
    """The app service is not to be called."""


class CallFailed(Exception):
    """The app service could not be called, or gave no answer."""


class CallTimedOut(CallFailed):
    """The app service gave no answer in time."""


class CallRefused(Exception):
    """The app service answered with an error."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"The app service answered with status {status}")
        self.status = status
        self.text = text
