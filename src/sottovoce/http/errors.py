"""The one table from an error of a domain to its HTTP answer.

A domain's owner adds one line per error class: status, errcode, and what to say. A test compares it with the domains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import msgspec

from sottovoce.domains.accounts import model as accounts
from sottovoce.domains.administration import model as administration
from sottovoce.domains.appservices import model as appservices
from sottovoce.domains.delayed import model as delayed
from sottovoce.domains.directory import model as directory
from sottovoce.domains.keys import model as keys
from sottovoce.domains.presence import model as presence
from sottovoce.domains.push import model as push
from sottovoce.domains.reports import model as reports
from sottovoce.domains.rooms import model as rooms
from sottovoce.domains.search import model as search
from sottovoce.domains.sync import model as sync
from sottovoce.http.answers import Headers, Json
from sottovoce.http.refused import Refused
from sottovoce.protocol.errors import BadIdentifier, Malformed, TooLarge
from sottovoce.protocol.room_versions import UnknownRoomVersion


class Meaning(msgspec.Struct, frozen=True):
    """How an error is told: `say` makes the human text, `fields` what stands beside it in the body.

    is_whole: the fields are the whole body, with no error code of ours.
    """

    status: int
    errcode: str
    say: Callable[[Exception], str]
    fields: Callable[[Exception], Mapping[str, object]] | None = None
    is_whole: bool = False


def _as(text: str) -> Callable[[Exception], str]:
    return lambda error: text


ERRORS: dict[type[Exception], Meaning] = {
    # protocol
    Malformed: Meaning(400, "M_BAD_JSON", str),
    BadIdentifier: Meaning(400, "M_INVALID_PARAM", str),
    TooLarge: Meaning(413, "M_TOO_LARGE", str),
    UnknownRoomVersion: Meaning(400, "M_UNSUPPORTED_ROOM_VERSION", _as("This server does not know this room version")),
    # accounts
    accounts.NotSetUp: Meaning(403, "M_FORBIDDEN", str),
    accounts.SetupRefused: Meaning(403, "M_FORBIDDEN", str),
    accounts.BadServerName: Meaning(400, "M_INVALID_PARAM", str),
    accounts.ServerNameFixed: Meaning(400, "M_INVALID_PARAM", str),
    accounts.UnknownToken: Meaning(
        401, "M_UNKNOWN_TOKEN", str, lambda error: {"soft_logout": cast("accounts.UnknownToken", error).soft_logout}
    ),
    accounts.UserDeactivated: Meaning(403, "M_USER_DEACTIVATED", str),
    accounts.UserLocked: Meaning(401, "M_USER_LOCKED", str, lambda error: {"soft_logout": True}),
    accounts.UserSuspended: Meaning(403, "M_USER_SUSPENDED", str),
    accounts.NotForGuests: Meaning(403, "M_GUEST_ACCESS_FORBIDDEN", str),
    accounts.MayNotModerate: Meaning(403, "M_FORBIDDEN", str),
    accounts.NotOfThisServer: Meaning(400, "M_INVALID_PARAM", str),
    accounts.UserNotFound: Meaning(404, "M_NOT_FOUND", str),
    accounts.InteractionNeeded: Meaning(
        401, "M_FORBIDDEN", str, lambda error: cast("accounts.InteractionNeeded", error).body, is_whole=True
    ),
    accounts.UserInUse: Meaning(400, "M_USER_IN_USE", str),
    accounts.NameReserved: Meaning(400, "M_EXCLUSIVE", str),
    accounts.CannotActAs: Meaning(403, "M_FORBIDDEN", str),
    accounts.UnknownDevice: Meaning(400, "M_UNKNOWN_DEVICE", str),
    accounts.BadUsername: Meaning(400, "M_INVALID_USERNAME", str),
    accounts.WeakPassword: Meaning(400, "M_WEAK_PASSWORD", str),
    accounts.WrongCredentials: Meaning(403, "M_FORBIDDEN", str),
    accounts.RegistrationClosed: Meaning(403, "M_FORBIDDEN", str),
    accounts.RegistrationTokenNotFound: Meaning(404, "M_NOT_FOUND", str),
    accounts.NoPlaceLeft: Meaning(
        403,
        "M_RESOURCE_LIMIT_EXCEEDED",
        str,
        lambda error: {"admin_contact": cast("accounts.NoPlaceLeft", error).admin_contact},
    ),
    accounts.GuestsRefused: Meaning(403, "M_GUEST_ACCESS_FORBIDDEN", str),
    accounts.UnsupportedLogin: Meaning(400, "M_UNKNOWN", str),
    accounts.TooManyAttempts: Meaning(
        429,
        "M_LIMIT_EXCEEDED",
        str,
        lambda error: {"retry_after_ms": cast("accounts.TooManyAttempts", error).retry_after_ms},
    ),
    accounts.AddressesRefused: Meaning(403, "M_THREEPID_DENIED", str),
    accounts.MediumNotSupported: Meaning(400, "M_THREEPID_MEDIUM_NOT_SUPPORTED", str),
    accounts.NoIdentityServer: Meaning(400, "M_SERVER_NOT_TRUSTED", str),
    accounts.AddressNotFound: Meaning(400, "M_THREEPID_NOT_FOUND", str),
    accounts.AddressInUse: Meaning(400, "M_THREEPID_IN_USE", str),
    accounts.AddressNotProven: Meaning(400, "M_THREEPID_AUTH_FAILED", str),
    accounts.WrongValidationToken: Meaning(400, "M_TOKEN_INCORRECT", str),
    accounts.ValidationExpired: Meaning(400, "M_SESSION_EXPIRED", str),
    accounts.MailNotSent: Meaning(503, "M_UNKNOWN", str),
    accounts.DeviceNotFound: Meaning(404, "M_NOT_FOUND", str),
    accounts.ProfileTooLarge: Meaning(400, "M_PROFILE_TOO_LARGE", str),
    accounts.ProfileKeyTooLarge: Meaning(400, "M_KEY_TOO_LARGE", str),
    accounts.ProfileNotFound: Meaning(404, "M_NOT_FOUND", str),
    accounts.AccountDataNotFound: Meaning(404, "M_NOT_FOUND", str),
    accounts.FilterNotFound: Meaning(404, "M_NOT_FOUND", str),
    accounts.UserLimitExceeded: Meaning(
        403,
        "M_USER_LIMIT_EXCEEDED",
        str,
        lambda error: {"info_uri": cast("accounts.UserLimitExceeded", error).info_uri},
    ),
    accounts.ReservedAccountData: Meaning(405, "M_BAD_JSON", str),
    accounts.InvalidValue: Meaning(400, "M_INVALID_PARAM", str),
    accounts.MissingValue: Meaning(400, "M_MISSING_PARAM", str),
    # rooms
    rooms.RoomNotFound: Meaning(404, "M_NOT_FOUND", _as("No such room")),
    rooms.EventNotFound: Meaning(404, "M_NOT_FOUND", _as("No such event")),
    rooms.ContentGone: Meaning(
        404, "FI.MAU.MSC2815_UNREDACTED_CONTENT_DELETED", _as("What this event said is not kept")
    ),
    rooms.ThirdPartyRefused: Meaning(
        403, "M_SERVER_NOT_TRUSTED", _as("This server finds nobody by e-mail address or telephone number")
    ),
    rooms.StateNotFound: Meaning(404, "M_NOT_FOUND", _as("The room has no such state")),
    rooms.UserNotFound: Meaning(404, "M_NOT_FOUND", _as("No such user")),
    rooms.AliasNotFound: Meaning(404, "M_NOT_FOUND", _as("No room has this alias")),
    rooms.GuestsNotAllowed: Meaning(403, "M_GUEST_ACCESS_FORBIDDEN", _as("This room is not open to guests")),
    rooms.NotInRoom: Meaning(403, "M_FORBIDDEN", _as("You are not in this room")),
    rooms.NotAllowed: Meaning(403, "M_FORBIDDEN", lambda error: f"Not allowed: {error}"),
    rooms.BadState: Meaning(403, "M_BAD_STATE", str),
    rooms.InviteBlocked: Meaning(403, "M_INVITE_BLOCKED", _as("This person does not take this invitation")),
    rooms.DuplicateAnnotation: Meaning(400, "M_DUPLICATE_ANNOTATION", _as("You have annotated this event so already")),
    rooms.CannotStartThread: Meaning(400, "M_UNKNOWN", _as("An event that relates to another cannot start a thread")),
    rooms.UnsupportedRoomVersion: Meaning(
        400, "M_UNSUPPORTED_ROOM_VERSION", _as("This server does not make rooms of this version")
    ),
    rooms.InvalidParam: Meaning(400, "M_INVALID_PARAM", str),
    rooms.BadRoomState: Meaning(400, "M_INVALID_ROOM_STATE", str),
    rooms.CannotDecline: Meaning(
        403,
        "M_CANNOT_LEAVE_SERVER_NOTICE_ROOM",
        _as("The server itself writes to you there: come in first, then you may leave"),
    ),
    rooms.CannotForget: Meaning(400, "M_UNKNOWN", _as("Leave the room before forgetting it")),
    rooms.BadAlias: Meaning(400, "M_BAD_ALIAS", _as("A room can only call itself by aliases that lead to it")),
    rooms.AliasReserved: Meaning(400, "M_EXCLUSIVE", str),
    rooms.AliasInUse: Meaning(400, "M_ROOM_IN_USE", _as("Another room has this alias")),
    # app services
    appservices.NotThatAppService: Meaning(403, "M_FORBIDDEN", str),
    appservices.NoAnswer: Meaning(408, "M_UNKNOWN", str),
    appservices.NothingFound: Meaning(404, "M_NOT_FOUND", str),
    appservices.QuestionTooLong: Meaning(400, "M_INVALID_PARAM", str),
    appservices.ListClosed: Meaning(403, "M_FORBIDDEN", str),
    appservices.ListFull: Meaning(403, "M_FORBIDDEN", str),
    appservices.HasNoUrl: Meaning(400, "M_URL_NOT_SET", str),
    appservices.CallFailed: Meaning(502, "M_CONNECTION_FAILED", _as("The app service was not reached")),
    appservices.CallTimedOut: Meaning(504, "M_CONNECTION_TIMEOUT", _as("The app service gave no answer in time")),
    appservices.CallRefused: Meaning(
        502,
        "M_BAD_STATUS",
        str,
        lambda error: {
            "status": cast("appservices.CallRefused", error).status,
            "body": cast("appservices.CallRefused", error).text,
        },
    ),
    # directory
    directory.AliasTaken: Meaning(409, "M_UNKNOWN", _as("This alias leads to a room already")),
    directory.NotYourAlias: Meaning(403, "M_FORBIDDEN", _as("This alias is not yours to take away")),
    directory.ForeignAlias: Meaning(400, "M_INVALID_PARAM", _as("This server only makes aliases of its own")),
    directory.TooManyAliases: Meaning(400, "M_RESOURCE_LIMIT_EXCEEDED", _as("The room has too many aliases")),
    directory.ForeignDirectory: Meaning(404, "M_NOT_FOUND", _as("This server only knows its own directory")),
    directory.BadQuestion: Meaning(400, "M_INVALID_PARAM", str),
    directory.DirectoryClosed: Meaning(403, "M_FORBIDDEN", _as("This server lists no rooms")),
    directory.DirectoryFull: Meaning(403, "M_FORBIDDEN", _as("This server lists as many rooms as it may")),
    directory.MayNotPublish: Meaning(403, "M_FORBIDDEN", _as("You may not list this room")),
    # delayed
    delayed.DelayNotFound: Meaning(404, "M_NOT_FOUND", _as("No such delayed event")),
    delayed.BadOrder: Meaning(400, "M_INVALID_PARAM", str),
    delayed.DelayTooLong: Meaning(403, "M_FORBIDDEN", str),
    delayed.NoDelays: Meaning(403, "M_FORBIDDEN", _as("This server delays no events")),
    delayed.TooManyDelayed: Meaning(
        429,
        "M_LIMIT_EXCEEDED",
        str,
        lambda error: {"retry_after_ms": cast("delayed.TooManyDelayed", error).retry_after_ms},
    ),
    delayed.AlreadyFinalised: Meaning(409, "M_UNKNOWN", _as("The event was sent or cancelled before")),
    # reports
    reports.InvalidReason: Meaning(400, "M_INVALID_PARAM", str),
    reports.TooManyReports: Meaning(429, "M_LIMIT_EXCEEDED", _as("You have made many reports already")),
    reports.ReportNotFound: Meaning(404, "M_NOT_FOUND", _as("No such report")),
    # presence
    presence.PresenceHidden: Meaning(403, "M_FORBIDDEN", _as("You may not see whether they are there")),
    presence.NotYours: Meaning(403, "M_FORBIDDEN", _as("You can only say this of yourself")),
    # keys
    keys.InvalidKeys: Meaning(400, "M_INVALID_PARAM", str),
    keys.InvalidSignature: Meaning(400, "M_INVALID_SIGNATURE", str),
    keys.OneTimeKeyExists: Meaning(400, "M_UNKNOWN", str),
    keys.UnknownKey: Meaning(404, "M_NOT_FOUND", str),
    keys.NoMasterKey: Meaning(400, "M_MISSING_PARAM", str),
    keys.KeyIdInUse: Meaning(403, "M_FORBIDDEN", str),
    keys.DehydratedDeviceNotFound: Meaning(404, "M_NOT_FOUND", str),
    keys.NotTheDehydratedDevice: Meaning(403, "M_FORBIDDEN", str),
    keys.BackupNotFound: Meaning(404, "M_NOT_FOUND", str),
    keys.WrongBackupVersion: Meaning(
        403,
        "M_WRONG_ROOM_KEYS_VERSION",
        str,
        lambda error: {"current_version": cast("keys.WrongBackupVersion", error).current_version},
    ),
    keys.TooLargeForDevices: Meaning(413, "M_TOO_LARGE", str),
    # push
    push.PushRuleNotFound: Meaning(404, "M_NOT_FOUND", _as("No such push rule")),
    push.RelatedRuleNotFound: Meaning(400, "M_UNKNOWN", _as("The rule named by before or after is not there")),
    push.BadPushRule: Meaning(400, "M_INVALID_PARAM", str),
    push.PushRuleIncomplete: Meaning(400, "M_MISSING_PARAM", str),
    # administration
    administration.CannotNotify: Meaning(400, "M_INVALID_PARAM", str),
    # search
    search.SearchOff: Meaning(400, "M_UNKNOWN", _as("This server does not search")),
    search.UnknownSearchToken: Meaning(400, "M_INVALID_PARAM", _as("This server gave you no such token")),
    push.BadPusher: Meaning(400, "M_INVALID_PARAM", str),
    push.PusherIncomplete: Meaning(400, "M_MISSING_PARAM", str),
    push.PusherNotFound: Meaning(404, "M_NOT_FOUND", _as("There is no such pusher")),
    push.UnknownActivationToken: Meaning(400, "M_UNKNOWN_ACTIVATION_TOKEN", _as("No pusher waits for this token")),
    push.BadNotificationToken: Meaning(400, "M_INVALID_PARAM", _as("This server gave you no such token")),
    push.ExpiredActivationToken: Meaning(410, "M_EXPIRED_ACTIVATION_TOKEN", _as("The token came too late")),
    # sync
    sync.UnknownPosition: Meaning(400, "M_UNKNOWN_POS", _as("This position is not known (any more); begin anew")),
    sync.BadSlidingRequest: Meaning(400, "M_INVALID_PARAM", str),
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
            return _told(meaning, error)
    return None


def _told(meaning: Meaning, error: Exception) -> Json:
    fields = meaning.fields(error) if meaning.fields is not None else {}
    if meaning.is_whole:
        return Json(fields, meaning.status)
    body = {"errcode": meaning.errcode, "error": meaning.say(error), **fields}
    return Json(body, meaning.status, _retry_after(fields))


def _refusal(error: Refused) -> Json:
    body = {"errcode": error.errcode, "error": error.error, **error.fields}
    return Json(body, error.status, _retry_after(error.fields))


def _retry_after(fields: Mapping[str, object]) -> Headers:
    """The header that says in seconds what the body says in milliseconds."""
    retry_after_ms = fields.get("retry_after_ms")
    if not isinstance(retry_after_ms, int):
        return ()
    return ((b"retry-after", str(-(-retry_after_ms // 1000)).encode()),)
