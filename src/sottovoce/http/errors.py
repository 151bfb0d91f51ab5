"""The one table from an error of a domain to its HTTP answer.

A domain's owner adds one line per error class: status, errcode, and what to say. A test compares it with the domains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from sottovoce.domains.rooms import model as rooms
from sottovoce.domains.sync import model as sync
from sottovoce.http.answers import Headers, Json
from sottovoce.http.refused import Refused
from sottovoce.protocol.errors import BadIdentifier, Malformed, TooLarge
from sottovoce.protocol.room_versions import UnknownRoomVersion


class Meaning(msgspec.Struct, frozen=True):
    """How an error is told: `say` makes the human text, `fields` what stands beside it in the body."""

    status: int
    errcode: str
    say: Callable[[Exception], str]
    fields: Callable[[Exception], Mapping[str, object]] | None = None


def _as(text: str) -> Callable[[Exception], str]:
    return lambda error: text


ERRORS: dict[type[Exception], Meaning] = {
    # protocol
    Malformed: Meaning(400, "M_BAD_JSON", str),
    BadIdentifier: Meaning(400, "M_INVALID_PARAM", str),
    TooLarge: Meaning(413, "M_TOO_LARGE", str),
    UnknownRoomVersion: Meaning(400, "M_UNSUPPORTED_ROOM_VERSION", _as("This server does not know this room version")),
    # rooms
    rooms.RoomNotFound: Meaning(404, "M_NOT_FOUND", _as("No such room")),
    rooms.EventNotFound: Meaning(404, "M_NOT_FOUND", _as("No such event")),
    rooms.StateNotFound: Meaning(404, "M_NOT_FOUND", _as("The room has no such state")),
    rooms.UserNotFound: Meaning(404, "M_NOT_FOUND", _as("No such user")),
    rooms.AliasNotFound: Meaning(404, "M_NOT_FOUND", _as("No room has this alias")),
    rooms.NotInRoom: Meaning(403, "M_FORBIDDEN", _as("You are not in this room")),
    rooms.NotAllowed: Meaning(403, "M_FORBIDDEN", lambda error: f"Not allowed: {error}"),
    rooms.UnsupportedRoomVersion: Meaning(
        400, "M_UNSUPPORTED_ROOM_VERSION", _as("This server does not make rooms of this version")
    ),
    rooms.InvalidParam: Meaning(400, "M_INVALID_PARAM", str),
    rooms.BadRoomState: Meaning(400, "M_INVALID_ROOM_STATE", str),
    rooms.CannotForget: Meaning(400, "M_UNKNOWN", _as("Leave the room before forgetting it")),
    rooms.AliasInUse: Meaning(400, "M_ROOM_IN_USE", _as("Another room has this alias")),
    # sync
    sync.UnknownSyncToken: Meaning(400, "M_INVALID_PARAM", _as("This server gave you no such token")),
}

UNKNOWN = Json({"errcode": "M_UNKNOWN", "error": "Internal server error"}, 500)
NO_SUCH_PATH = Json({"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}, 404)
NO_SUCH_METHOD = Json({"errcode": "M_UNRECOGNIZED", "error": "Unrecognized method for this path"}, 405)
NOT_SET_UP = Json({"errcode": "M_FORBIDDEN", "error": "This server is not set up yet"}, 403)


def answer_to(error: Exception) -> Json | None:
    """The answer this error has in the table (its own class first, then its bases); None if it is nobody's."""
    if isinstance(error, Refused):
        return _refusal(error)
    for kind in type(error).__mro__:
        meaning = ERRORS.get(kind)
        if meaning is not None:
            extra = meaning.fields(error) if meaning.fields is not None else {}
            return Json({"errcode": meaning.errcode, "error": meaning.say(error), **extra}, meaning.status)
    return None


def _refusal(error: Refused) -> Json:
    headers: Headers = ()
    retry_after_ms = error.fields.get("retry_after_ms")
    if isinstance(retry_after_ms, int):
        headers = ((b"retry-after", str(-(-retry_after_ms // 1000)).encode()),)
    return Json({"errcode": error.errcode, "error": error.error, **error.fields}, error.status, headers)
