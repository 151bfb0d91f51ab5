"""What a registration may say. Spec: application-service, Registration."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import is_new_localpart

from .model import AppService, Namespace

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
MAX_DOUBLINGS = 10
MAX_NAMESPACES = 100
MAX_REGEX_LENGTH = 1000
MAX_PROTOCOLS = 100
MAX_URL_LENGTH = 2000

UNSTABLE_EPHEMERAL = "de.sorunome.msc2409.ephemeral"

_Short = Annotated[str, Meta(min_length=1, max_length=255)]
_ServiceId = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[^|]+$")]
_Token = Annotated[str, Meta(min_length=1, max_length=1000)]


class FieldType(msgspec.Struct):
    """What a field of a network may hold."""

    regexp: str
    placeholder: str


class Instance(msgspec.Struct, omit_defaults=True):
    """One of several networks of a protocol. instance_id: what it is called on this server."""

    network_id: str
    desc: str
    fields: dict[str, msgspec.Raw]
    icon: str | None = None
    instance_id: str | None = None


class Protocol(msgspec.Struct):
    """What clients need to know to ask about a kind of network."""

    user_fields: list[str]
    location_fields: list[str]
    icon: str
    field_types: dict[str, FieldType]
    instances: list[Instance] = []


class Location(msgspec.Struct):
    """A place in another network, and the alias of the room that leads there."""

    alias: str
    protocol: str
    fields: dict[str, msgspec.Raw]


class NetworkUser(msgspec.Struct):
    """Somebody in another network, and who they are here."""

    userid: str
    protocol: str
    fields: dict[str, msgspec.Raw]


class _Namespace(msgspec.Struct):
    regex: Annotated[str, Meta(max_length=MAX_REGEX_LENGTH)]
    exclusive: bool = False


_Namespaces = Annotated[list[_Namespace], Meta(max_length=MAX_NAMESPACES)] | None


class _AllNamespaces(msgspec.Struct):
    users: _Namespaces = None
    aliases: _Namespaces = None
    rooms: _Namespaces = None


class _Registration(msgspec.Struct):
    """A registration as it is written, with the names of proposals beside those of the specification."""

    id: _ServiceId
    url: str | None
    as_token: _Token
    hs_token: _Token
    sender_localpart: _Short
    namespaces: _AllNamespaces
    rate_limited: bool | None = None
    receive_ephemeral: bool | None = None
    push_ephemeral: bool | None = msgspec.field(default=None, name="de.sorunome.msc2409.push_ephemeral")
    encryption: bool | None = msgspec.field(default=None, name="org.matrix.msc3202")
    protocols: Annotated[list[_Short], Meta(max_length=MAX_PROTOCOLS)] | None = None


def registration(written: object) -> AppService:
    """The app service that this registration describes. Raises Malformed, in one line, for what it may not say."""
    try:
        read = msgspec.convert(written, _Registration)
    except msgspec.ValidationError as cause:
        raise Malformed(str(cause)) from cause
    if not is_new_localpart(read.sender_localpart):
        raise Malformed(f"sender_localpart is {read.sender_localpart!r}, which can be nobody's name")
    if read.as_token == read.hs_token:
        raise Malformed("as_token and hs_token must not be the same")
    return AppService(
        id=read.id,
        url=_url(read.url),
        token_hash=hash_of_token(read.as_token),
        hs_token=_header_value(read.hs_token),
        sender_localpart=read.sender_localpart,
        users=_namespaces(read.namespaces.users),
        aliases=_namespaces(read.namespaces.aliases),
        rooms=_namespaces(read.namespaces.rooms),
        is_rate_limited=read.rate_limited is not False,
        ephemeral_fields=(
            *(("ephemeral",) if read.receive_ephemeral else ()),
            *((UNSTABLE_EPHEMERAL,) if read.push_ephemeral else ()),
        ),
        receives_encryption=bool(read.encryption),
        protocols=tuple(dict.fromkeys(read.protocols or ())),
    )


def check_together(services: Iterable[AppService]) -> None:
    """Raises Malformed if two have the same id, token or sender."""
    seen: Mapping[str, set[object]] = {"id": set(), "as_token": set(), "sender_localpart": set()}
    for service in services:
        for name, value in zip(seen, (service.id, service.token_hash, service.sender_localpart), strict=True):
            if value in seen[name]:
                raise Malformed(f"{service.id!r} has the {name} of another app service")
            seen[name].add(value)


def hash_of_token(token: str) -> bytes:
    """By what a token is looked up: no comparison tells how much of it was right."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def transaction_body(events: Sequence[bytes], others: Mapping[str, bytes]) -> bytes:
    """A transaction as it is sent: events, and other fields, each encoded already."""
    fields = b"".join(b',"%b":%b' % (name.encode(), value) for name, value in others.items())
    return b'{"events":%b%b}' % (array(events), fields)


def with_field(event: bytes, name: str, value: str) -> bytes:
    """The encoded object with one more field, a text that has to be encoded yet."""
    return b'%b,"%b":%b}' % (event[:-1], name.encode(), msgspec.json.encode(value))


def array(values: Iterable[bytes]) -> bytes:
    """The encoded values as an array."""
    return b"[%b]" % b",".join(values)


def instance_id(service_id: str, network_id: str) -> str:
    """What a network of an app service is called on this server."""
    return f"{service_id}|{network_id}"


def network_of(instance_id: str) -> tuple[str, str]:
    """Whose network this is, and what it is called there."""
    service_id, _, network_id = instance_id.partition("|")
    return service_id, network_id


def with_instance_ids(protocol: Protocol, service_id: str) -> Protocol:
    """The protocol as the app service tells it, with what its networks are called on this server."""
    instances = [
        msgspec.structs.replace(each, instance_id=instance_id(service_id, each.network_id))
        for each in protocol.instances
    ]
    return msgspec.structs.replace(protocol, instances=instances)


def merged(protocols: Sequence[Protocol]) -> Protocol | None:
    """The first one's description, with the instances of all; None for none."""
    if not protocols:
        return None
    return msgspec.structs.replace(protocols[0], instances=[each for one in protocols for each in one.instances])


def wait_after_s(failures: int) -> float:
    """How long to wait after so many failures in a row: twice as long each time, within bounds."""
    return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(failures - 1, MAX_DOUBLINGS))


def _url(text: str | None) -> str | None:
    if text is None or text == "":
        return None
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or len(text) > MAX_URL_LENGTH or not text.isascii() or parts.query or parts.fragment:
        raise Malformed(f"url is {text!r}: it may be an address like http://localhost:29317")
    return text.rstrip("/")


def _header_value(token: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise Malformed("hs_token may only be made of printable ASCII characters, without spaces")
    return token


def _namespaces(written: list[_Namespace] | None) -> tuple[Namespace, ...]:
    return tuple(Namespace(_pattern(each.regex), each.exclusive) for each in written or ())


def _pattern(regex: str) -> re.Pattern[str]:
    try:
        return re.compile(regex)
    except (re.error, OverflowError, RecursionError) as cause:
        raise Malformed(f"the regex {regex!r} cannot be used: {cause}") from cause
