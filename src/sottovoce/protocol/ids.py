"""Identifiers and their grammar. Spec: appendices, Identifier Grammar."""

import re
from typing import NewType

from sottovoce.protocol.errors import BadIdentifier, Malformed

ServerName = NewType("ServerName", str)
UserId = NewType("UserId", str)
RoomId = NewType("RoomId", str)
EventId = NewType("EventId", str)
RoomAlias = NewType("RoomAlias", str)
DeviceId = NewType("DeviceId", str)

MAX_ID_BYTES = 255

_SERVER = r"(?:[0-9A-Za-z.-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
_SERVER_NAME = re.compile(_SERVER)
# Old accounts may hold anything but ":" and NUL, even nothing; servers must accept them.
_USER_ID = re.compile(rf"@[^:\0]*:{_SERVER}")
_ROOM_ALIAS = re.compile(rf"#[^:\0]*:{_SERVER}")
# With a domain in early room versions, a bare hash in later ones.
_ROOM_ID = re.compile(rf"![^:\0]+(?::{_SERVER})?")
_EVENT_ID = re.compile(rf"\$[^:\0]+(?::{_SERVER})?")
_NEW_LOCALPART = re.compile(r"[a-z0-9._=/+-]+")
_OPAQUE_ID = re.compile(r"[0-9A-Za-z._~-]{1,255}")


def parse_server_name(text: str) -> ServerName:
    """Accept a host name or address with an optional port. Raises Malformed. Spec: appendices, Server Name."""
    return ServerName(_matching(_SERVER_NAME, text, "server name"))


def parse_user_id(text: str) -> UserId:
    """Accept a user id, historical ones included. Raises Malformed. Spec: appendices, User Identifiers."""
    return UserId(_matching(_USER_ID, text, "user id"))


def parse_room_id(text: str) -> RoomId:
    """Accept a room id, with a domain or without. Raises Malformed. Spec: appendices, Room IDs."""
    return RoomId(_matching(_ROOM_ID, text, "room id"))


def parse_event_id(text: str) -> EventId:
    """Accept an event id of any room version. Raises Malformed. Spec: appendices, Event IDs."""
    return EventId(_matching(_EVENT_ID, text, "event id"))


def parse_room_alias(text: str) -> RoomAlias:
    """Accept a room alias. Raises Malformed. Spec: appendices, Room Aliases."""
    return RoomAlias(_matching(_ROOM_ALIAS, text, "room alias"))


def user_id(localpart: str, server: ServerName) -> UserId:
    """Join a localpart and a server name into a user id. Raises Malformed if the result is none."""
    return parse_user_id(f"@{localpart}:{server}")


def localpart_of(identifier: UserId | RoomAlias) -> str:
    """The part between the sigil and the first colon."""
    return identifier[1:].partition(":")[0]


def server_of(identifier: UserId | RoomAlias | RoomId | EventId) -> ServerName:
    """The domain of an identifier. Raises Malformed where it has none, as room ids of recent versions."""
    _, colon, server = identifier.partition(":")
    if not colon:
        raise BadIdentifier("this identifier has no domain")
    return ServerName(server)


def is_new_localpart(text: str) -> bool:
    """Whether a new account may be called so: the strict grammar. Spec: appendices, User Identifiers."""
    return _NEW_LOCALPART.fullmatch(text) is not None


def is_opaque_id(text: str) -> bool:
    """Whether this is 1 to 255 unreserved URL characters. Spec: appendices, Opaque Identifiers."""
    return _OPAQUE_ID.fullmatch(text) is not None


def is_user_id(text: object) -> bool:
    """Whether this is a string with the grammar of a user id, historical ones included."""
    return isinstance(text, str) and _fits(_USER_ID, text)


def is_room_id(text: object) -> bool:
    """Whether this is a string with the grammar of a room id of any version."""
    return isinstance(text, str) and _fits(_ROOM_ID, text)


def is_room_alias(text: object) -> bool:
    """Whether this is a string with the grammar of a room alias."""
    return isinstance(text, str) and _fits(_ROOM_ALIAS, text)


def size_bytes(text: str) -> int:
    """The length of a text in UTF-8. Raises Malformed on lone surrogates, which UTF-8 cannot hold."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError as cause:
        raise Malformed("text with a lone surrogate") from cause


def _fits(grammar: re.Pattern[str], text: str) -> bool:
    return grammar.fullmatch(text) is not None and size_bytes(text) <= MAX_ID_BYTES


def _matching(grammar: re.Pattern[str], text: str, kind: str) -> str:
    if not _fits(grammar, text):
        raise BadIdentifier(f"not a valid {kind}")
    return text
