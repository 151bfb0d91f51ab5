"""What names, passwords and profiles may be, and how wrong passwords are slowed."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import DeviceId, ServerName, UserId, is_new_localpart, parse_server_name, user_id

from .model import (
    BadServerName,
    BadUsername,
    Identifier,
    InvalidValue,
    ProfileKeyTooLarge,
    WeakPassword,
    WrongCredentials,
)

MAX_PASSWORD_BYTES = 512
MAX_DEVICE_ID_BYTES = 255
MAX_DEVICE_NAME_LENGTH = 256
MAX_DEVICES_AT_ONCE = 1000
MAX_DISPLAYNAME_LENGTH = 256
MAX_AVATAR_URL_BYTES = 1000
MAX_ACCOUNT_DATA_TYPE_BYTES = 255
MAX_PROFILE_BYTES = 64 * 1024
MAX_PROFILE_KEY_BYTES = 255
DISPLAYNAME, AVATAR_URL, TIME_ZONE = "displayname", "avatar_url", "m.tz"
MAX_ACCOUNT_DATA_ITEMS = 20_000
MAX_FILTERS = 1_000
"""Of one account."""
MAX_DEVICES = 1_000
"""Of one account; whoever signs in on one more loses the one not seen for longest."""
MAX_TAG_BYTES = 255
MAX_TAGS_PER_ROOM = 100
MAX_EMAIL_LENGTH = 254
MAX_NEXT_LINK_LENGTH = 1_000
MAX_SEND_ATTEMPT = 2**53 - 1
RESERVED_ACCOUNT_DATA = frozenset({"m.fully_read", "m.push_rules"})

_PROFILE_KEY = re.compile(r"[a-z][a-z0-9._-]*")
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}")
_CLIENT_SECRET = re.compile(r"[0-9A-Za-z.=_-]{1,255}")
_TIME_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")


class Allowance(NamedTuple):
    """How often something may go wrong: `burst` times at once, then once every `refill_ms`."""

    burst: int
    refill_ms: int


def spend(allowance: Allowance, settled_at_ms: int, now_ms: int) -> tuple[int, int]:
    """Take one from an allowance: (when it will be whole again, 0), or (unchanged, how long to wait in ms).

    settled_at_ms: when the allowance will be whole again; 0 for a new one.
    """
    next_ms = max(settled_at_ms, now_ms) + allowance.refill_ms
    wait_ms = next_ms - now_ms - allowance.burst * allowance.refill_ms
    if wait_ms > 0:
        return settled_at_ms, wait_ms
    return next_ms, 0


def new_user_id(username: str, server: ServerName) -> UserId:
    """The user id of a new account; capitals are lowered.

    Raises BadUsername. Spec: appendices, User Identifiers.
    """
    localpart = username.lower()
    if not is_new_localpart(localpart):
        raise BadUsername("A user name is made of small letters a-z, digits and the characters . _ = - / +")
    try:
        return user_id(localpart, server)
    except Malformed as cause:
        raise BadUsername("The user name is too long") from cause


def signing_in_user_id(name: str, server: ServerName) -> UserId | None:
    """Whom a name typed at sign-in means, whole or only its first part; None if it can be nobody of this server."""
    localpart, _, of_server = name.removeprefix("@").lower().partition(":")
    if of_server and of_server != server.lower():
        return None
    if not is_new_localpart(localpart):
        return None
    return UserId(f"@{localpart}:{server}")


def email_in(identifier: Identifier) -> str | None:
    """The e-mail address in an identifier, None if it has another kind. Raises InvalidValue, WrongCredentials."""
    if identifier.get("type") != "m.id.thirdparty" or identifier.get("medium") != "email":
        return None
    address = identifier.get("address")
    if not isinstance(address, str):
        raise InvalidValue("The identifier names no address")
    try:
        return check_email(address)
    except InvalidValue as cause:
        raise WrongCredentials("Nobody has this address") from cause


def name_in(identifier: Identifier) -> str:
    """The name an identifier gives. Raises WrongCredentials, InvalidValue. Spec: client-server, Identifier types."""
    kind = identifier.get("type")
    if kind in ("m.id.thirdparty", "m.id.phone"):
        # The spec's answer for an address that no account has; here none has a phone number.
        raise WrongCredentials("Nobody signs in here with this kind of address")
    if kind != "m.id.user":
        raise InvalidValue("The type of identifier is unknown")
    name = identifier.get("user")
    if not isinstance(name, str):
        raise InvalidValue("The identifier names no user")
    return name


def check_password_strength(password: str, min_length: int) -> None:
    """Raises WeakPassword, or InvalidValue if it is too long to be one."""
    if len(password) < min_length:
        raise WeakPassword(f"A password has at least {min_length} characters")
    if len(password.encode("utf-8", "surrogatepass")) > MAX_PASSWORD_BYTES:
        raise InvalidValue(f"A password has at most {MAX_PASSWORD_BYTES} bytes")


def check_server_name(text: str) -> ServerName:
    """The name as it will be written, in small letters. Raises BadServerName. Spec: appendices, Server Name."""
    try:
        return parse_server_name(text.strip().lower())
    except Malformed as cause:
        raise BadServerName("That is not a server name: write it like chat.example.org") from cause


def check_device_id(text: str) -> DeviceId:
    """Raises InvalidValue unless the text can be a device's id."""
    if not text or len(text.encode("utf-8", "surrogatepass")) > MAX_DEVICE_ID_BYTES or not text.isprintable():
        raise InvalidValue(f"A device id has 1 to {MAX_DEVICE_ID_BYTES} bytes, all printable")
    return DeviceId(text)


def check_device_ids(texts: Sequence[str]) -> list[DeviceId]:
    """Raises InvalidValue unless all can be devices' ids, and are not too many."""
    if len(texts) > MAX_DEVICES_AT_ONCE:
        raise InvalidValue(f"At most {MAX_DEVICES_AT_ONCE} devices at once")
    return [check_device_id(text) for text in texts]


def check_device_name(text: str | None) -> str | None:
    """Raises InvalidValue if the text is cannot be a device's name."""
    if text is not None and (len(text) > MAX_DEVICE_NAME_LENGTH or "\0" in text):
        raise InvalidValue(f"A device's name has at most {MAX_DEVICE_NAME_LENGTH} characters, none of them NUL")
    return text


def check_displayname(value: object) -> str | None:
    """The display name, None to have none. Raises InvalidValue."""
    if value is not None and not isinstance(value, str):
        raise InvalidValue("displayname must be a string")
    if value is not None and (len(value) > MAX_DISPLAYNAME_LENGTH or "\0" in value):
        raise InvalidValue(f"A display name has at most {MAX_DISPLAYNAME_LENGTH} characters, none of them NUL")
    return value or None


def check_avatar_url(value: object) -> str | None:
    """The address of the picture, None to have none. Raises InvalidValue. Spec: client-server, Matrix content URIs."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InvalidValue("avatar_url must be a string")
    server, slash, media_id = value.removeprefix("mxc://").partition("/")
    if not value.startswith("mxc://") or not (server and slash and media_id) or not value.isprintable():
        raise InvalidValue("avatar_url must be an mxc:// address")
    if len(value.encode("utf-8", "surrogatepass")) > MAX_AVATAR_URL_BYTES:
        raise InvalidValue(f"avatar_url has at most {MAX_AVATAR_URL_BYTES} bytes")
    return value


def check_profile_key(name: str) -> None:
    """Raises ProfileKeyTooLarge, InvalidValue unless a field beside name and picture may be called so.

    Spec: client-server, Profiles; appendices, Common Namespaced Identifier Grammar.
    """
    if len(name.encode("utf-8", "surrogatepass")) > MAX_PROFILE_KEY_BYTES:
        raise ProfileKeyTooLarge(f"The name of a field has at most {MAX_PROFILE_KEY_BYTES} bytes")
    if _PROFILE_KEY.fullmatch(name) is None:
        raise InvalidValue("The name of a field is made of small letters, digits and . _ -, a letter first")


def check_profile_value(name: str, value: object) -> None:
    """Raises InvalidValue unless this may be the value of a field beside name and picture."""
    if name == TIME_ZONE and not (isinstance(value, str) and _TIME_ZONE.fullmatch(value)):
        raise InvalidValue(f"{TIME_ZONE} is the name of a time zone such as Europe/Rome")


def check_email(text: str) -> str:
    """The address as it is compared, in small letters. Raises InvalidValue. Spec: appendices, 3PID Types."""
    address = text.strip().casefold()
    if len(address) > MAX_EMAIL_LENGTH or _EMAIL.fullmatch(address) is None:
        raise InvalidValue("That is not an e-mail address")
    return address


def check_client_secret(text: str) -> str:
    """Raises InvalidValue unless a client may identify its validation so. Spec: client-server, requestToken."""
    if _CLIENT_SECRET.fullmatch(text) is None:
        raise InvalidValue("client_secret is made of 1 to 255 letters, digits and . = _ -")
    return text


def check_send_attempt(number: int) -> int:
    """Raises InvalidValue unless a client may count its attempts so."""
    if not 0 <= number <= MAX_SEND_ATTEMPT:
        raise InvalidValue("send_attempt is a number from 0 on")
    return number


def check_next_link(text: str | None) -> str | None:
    """Raises InvalidValue unless somebody may go on there."""
    if text is None or text == "":
        return None
    if len(text) > MAX_NEXT_LINK_LENGTH or not text.startswith(("https://", "http://")) or not text.isprintable():
        raise InvalidValue(f"next_link is an address of at most {MAX_NEXT_LINK_LENGTH} characters")
    return text


def check_account_data_type(text: str) -> str:
    """Raises InvalidValue if the text is too long for a type."""
    if not text or len(text.encode("utf-8", "surrogatepass")) > MAX_ACCOUNT_DATA_TYPE_BYTES:
        raise InvalidValue(f"A type of account data has 1 to {MAX_ACCOUNT_DATA_TYPE_BYTES} bytes")
    return text


def check_tag(name: str, tag: Mapping[str, object]) -> None:
    """Raises InvalidValue unless a room may be tagged so. Spec: client-server, Room Tagging."""
    if not name or len(name.encode("utf-8", "surrogatepass")) > MAX_TAG_BYTES:
        raise InvalidValue(f"A tag has 1 to {MAX_TAG_BYTES} bytes")
    order = tag.get("order", 0)
    if isinstance(order, bool) or not isinstance(order, int | float) or not 0 <= order <= 1:
        raise InvalidValue("The order of a tag is a number from 0 to 1")


def hash_of(secret: str) -> bytes:
    """What is stored of a random secret. A fast hash is enough, for nobody can try all of them."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
