"""What somebody may call whose account is locked, suspended or a guest's; everybody else may call everything.

Spec: client-server, Account locking; Account suspension; Guest access.
"""

import re

from sottovoce.domains.accounts.model import Caller, NotForGuests, UserLocked, UserSuspended
from sottovoce.http.routing import Route

_NAME = re.compile(r"\{[^}]*\}")
_CLIENT = "/_matrix/client/v3/"
_IN_A_ROOM = re.compile(r"/_matrix/client/[^/]+(?:/[^/]+)?/rooms/\{\}/(.+)")
_DELAYED_EVENTS = (
    "/_matrix/client/v1/delayed_events",
    "/_matrix/client/unstable/org.matrix.msc4140/delayed_events",
)
_REDACTION = "m.room.redaction"
_SEND = "send/{}/{}"


def _paths(*names: str) -> frozenset[str]:
    """Each `METHOD path` with the path below the client API, unless it begins at the root."""
    pairs = (name.split(" ") for name in names)
    return frozenset(f"{method} {path if path.startswith('/') else _CLIENT + path}" for method, path in pairs)


LOCKED_MAY = _paths("POST logout", "POST logout/all")

GUESTS_MAY = LOCKED_MAY | _paths(
    *("GET rooms/{}/state", "GET rooms/{}/context/{}", "GET rooms/{}/event/{}"),
    *("GET rooms/{}/state/{}/{}", "GET rooms/{}/state/{}", "GET rooms/{}/state/{}/"),
    *("GET rooms/{}/messages", "GET rooms/{}/members", "GET rooms/{}/initialSync", "GET sync", "GET events"),
    "GET /_matrix/client/v1/media/download/{}/{}",
    "GET /_matrix/client/v1/media/download/{}/{}/{}",
    "GET /_matrix/client/v1/media/thumbnail/{}/{}",
    *("POST rooms/{}/join", "POST rooms/{}/leave", "PUT rooms/{}/send/{}/{}"),
    *("PUT rooms/{}/state/{}/{}", "PUT rooms/{}/state/{}", "PUT rooms/{}/state/{}/", "PUT sendToDevice/{}/{}"),
    *("GET devices", "GET devices/{}", "PUT devices/{}", "GET account/whoami"),
    *("POST keys/upload", "POST keys/query", "POST keys/claim"),
)
_DELAYED = "/_matrix/client/unstable/org.matrix.msc4140"
GUESTS_MAY |= _paths(
    f"GET {_DELAYED}/delayed_events",
    *(f"PUT {start}rooms/{{}}/delayed_event/{{}}/{{}}" for start in ("", f"{_DELAYED}/")),
    *(
        f"{verb} {start}/delayed_events/{{}}{end}"
        for start in ("/_matrix/client/v1", _DELAYED)
        for verb, end in (("GET", ""), ("POST", "/send"), ("POST", "/cancel"), ("POST", "/restart"))
    ),
)
GUESTS_MAY_OF_THEIR_NAME = _paths("PUT profile/{}/{}", "DELETE profile/{}/{}")

SUSPENDED_MAY_NOT = _paths(
    *("POST createRoom", "POST join/{}", "POST knock/{}", "PUT profile/{}/{}", "DELETE profile/{}/{}"),
    *("PUT presence/{}/status", "PUT directory/room/{}", "DELETE directory/room/{}", "PUT directory/list/room/{}"),
    *("POST /_matrix/media/v3/upload", "POST /_matrix/media/v1/create", "PUT /_matrix/media/v3/upload/{}/{}"),
    *(f"{verb} /_matrix/client/unstable/uk.tcpip.msc4133/profile/{{}}/{{}}" for verb in ("PUT", "DELETE")),
    *(f"POST {base}/{{}}/{verb}" for base in _DELAYED_EVENTS for verb in ("send", "restart")),
    "POST account/3pid/delete",
)
SUSPENDED_MAY_IN_ROOMS = frozenset(
    ("leave", "forget", "receipt/{}/{}", "read_markers", "redact/{}/{}", "report", "report/{}", "typing/{}")
)
"""Of what writes to a room; anything else is refused, routes of later days too."""


def name_of(route: Route) -> str:
    """The route as the lists here name it: method and pattern, whatever the names in it are called."""
    return f"{route.method} {_NAME.sub('{}', route.pattern)}"


def check_standing(caller: Caller, route: Route, path: dict[str, str]) -> None:
    """Raises UserLocked, NotForGuests, UserSuspended if the caller may not call this route."""
    name = name_of(route)
    if caller.is_locked and name not in LOCKED_MAY:
        raise UserLocked("This account has been locked")
    if caller.is_guest and not _is_for_guests(name, path):
        raise NotForGuests("Guests may not do this")
    if caller.is_suspended and not _is_for_suspended(name, path):
        raise UserSuspended("You cannot do this while your account is suspended")


def _is_for_guests(name: str, path: dict[str, str]) -> bool:
    return name in GUESTS_MAY or (name in GUESTS_MAY_OF_THEIR_NAME and path.get("key_name") == "displayname")


def _is_for_suspended(name: str, path: dict[str, str]) -> bool:
    method, _, pattern = name.partition(" ")
    if method == "GET":
        return True
    in_a_room = _IN_A_ROOM.fullmatch(pattern)
    if in_a_room is None:
        return name not in SUSPENDED_MAY_NOT
    if in_a_room[1] == _SEND:
        return path.get("event_type") == _REDACTION
    return in_a_room[1] in SUSPENDED_MAY_IN_ROOMS
