"""Accounts, devices, tokens and what can go wrong with them."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

from sottovoce.protocol.ids import DeviceId, RoomId, ServerName, UserId

RegistrationMode = Literal["open", "closed"]

Identifier = Mapping[str, object]
"""Who wants to sign in, as a client says it. Spec: client-server, Identifier types."""


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever runs the server may choose."""

    registration: RegistrationMode = "closed"
    takes_guests: bool = False
    access_token_lifetime_ms: int = 3_600_000
    """Only for devices that can refresh theirs; the tokens of the others do not expire."""
    password_min_length: int = 8
    slows_failed_logins: bool = True
    public_url: str | None = None
    support_page: str | None = None
    max_accounts: int | None = None
    requires_email: bool = False
    terms_url: str | None = None
    terms_version: str = "1"
    admin_contact: str = ""


NO_DEVICE = DeviceId("")
"""The device of an app service that names none."""


class Caller(msgspec.Struct, frozen=True, gc=False):
    """Whoever sent a request: a person on one of their devices, or an app service that acts as one of its users.

    app_service: the id of the app service that speaks. is_limited: whether floods of their requests are slowed.
    is_restricted: a guest, or locked, or suspended; of everybody else nothing more has to be asked.
    """

    user_id: UserId
    device_id: DeviceId
    is_admin: bool
    app_service: str | None = None
    is_limited: bool = True
    is_guest: bool = False
    is_locked: bool = False
    is_suspended: bool = False
    is_restricted: bool = False


class ServerIdentity(NamedTuple):
    """What makes this server this server, for good."""

    name: ServerName
    signing_key_id: str
    signing_key_seed: bytes
    sealing_key: bytes
    created_at_ms: int


class User(NamedTuple):
    """An account. password_hash: None once it cannot be signed in to any more."""

    user_id: UserId
    password_hash: str | None
    is_admin: bool
    created_at_ms: int
    deactivated_at_ms: int | None
    is_guest: bool = False
    locked_at_ms: int | None = None
    suspended_at_ms: int | None = None


class AccountSummary(NamedTuple):
    """An account as whoever runs the server sees it."""

    user_id: UserId
    displayname: str | None
    is_admin: bool
    is_guest: bool
    created_at_ms: int
    deactivated_at_ms: int | None
    locked_at_ms: int | None
    suspended_at_ms: int | None
    devices: int
    last_seen_at_ms: int | None


class Profile(NamedTuple):
    """What an account calls itself."""

    displayname: str | None
    avatar_url: str | None


class Device(NamedTuple):
    """A place where an account is signed in."""

    device_id: DeviceId
    display_name: str | None
    last_seen_at_ms: int
    last_seen_ip: str


class TokenKind:
    """What a token is good for, as stored."""

    ACCESS = 1
    REFRESH = 2
    LOGIN = 3
    OPENID = 4


class TokenState:
    """Where a token is in its life, as stored. Spent: a newer one of the same device has been used."""

    FRESH = 0
    USED = 1
    SPENT = 2


class NewToken(NamedTuple):
    """A token to be stored. Only its hash is."""

    token_hash: bytes
    kind: int
    user_id: UserId
    device_id: DeviceId
    generation: int
    state: int
    created_at_ms: int
    expires_at_ms: int | None


class StoredToken(NamedTuple):
    """A token that was found by its hash, with what there is to know of its owner."""

    user_id: UserId
    device_id: DeviceId
    is_admin: bool
    generation: int
    state: int
    expires_at_ms: int | None
    last_seen_at_ms: int
    is_guest: bool = False
    is_locked: bool = False
    is_suspended: bool = False


class Pass(NamedTuple):
    """A short-lived proof of who somebody is. Only its hash is stored."""

    kind: int
    user_id: UserId
    uses: int
    expires_at_ms: int


class RegistrationToken(NamedTuple):
    """An invitation to create accounts, found by its hash. uses_allowed None: any number."""

    uses_allowed: int | None
    uses: int
    expires_at_ms: int | None
    label: str | None = None
    created_at_ms: int | None = None


class IssuedToken(NamedTuple):
    """A registration token as an administrator sees it: what it is called by, not what it is."""

    token_id: str
    token: RegistrationToken


class AccountDataItem(NamedTuple):
    """One thing kept for a person. room_id None: not about a room. content: a JSON object, encoded."""

    room_id: RoomId | None
    type: str
    content: bytes


REMOVED = b""
"""The content of account data that is not kept any more, until all devices have heard of it."""


class ThirdPartyId(NamedTuple):
    """An address outside Matrix that belongs to an account."""

    medium: str
    address: str
    validated_at_ms: int
    added_at_ms: int


class ValidationPurpose:
    """What somebody wants who shows that an address is theirs, as stored."""

    REGISTER = 1
    RESET = 2
    ADD = 3


class EmailRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A client asks that a link be sent. Spec: identity-service, POST /validate/email/requestToken."""

    client_secret: str
    email: str
    send_attempt: int
    next_link: str | None = None
    id_server: str | None = None
    id_access_token: str | None = None


class EmailValidation(NamedTuple):
    """Somebody shows that an address is theirs. validated_at_ms: when they opened the link."""

    sid: str
    purpose: int
    address: str
    secret_hash: bytes
    token_hash: bytes
    send_attempt: int
    next_link: str | None
    expires_at_ms: int
    validated_at_ms: int | None


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """What a device asks for when it signs in."""

    device_id: str | None = None
    initial_device_display_name: str | None = None
    refresh_token: bool = False
    client_ip: str = ""


class SignedIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a device gets when it has signed in; the answer of /login."""

    user_id: UserId
    access_token: str
    device_id: DeviceId
    refresh_token: str | None = None
    expires_in_ms: int | None = None


class Refreshed(msgspec.Struct, frozen=True):
    """The answer of /refresh."""

    access_token: str
    refresh_token: str
    expires_in_ms: int


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account to be created. username None: the server picks one."""

    username: str | None = None
    password: str | None = None
    display_name: str | None = None
    is_admin: bool = False


class NotSetUp(Exception):
    """The server has no name yet."""


class SetupRefused(Exception):
    """The setup code is wrong, or there is nothing left to set up."""


class BadServerName(Exception):
    """The name asked for cannot be a server's."""


class ServerNameFixed(Exception):
    """The server has another name already, and keeps it."""

    def __init__(self, stored: ServerName, asked: str) -> None:
        super().__init__(f"This server is called {stored} and cannot become {asked}")
        self.stored = stored
        self.asked = asked


class UnknownToken(Exception):
    """The token opens nothing. soft_logout: the device still exists and may keep what it has."""

    def __init__(self, *, soft_logout: bool) -> None:
        super().__init__("Unknown or expired token")
        self.soft_logout = soft_logout


class UserDeactivated(Exception):
    """The account is not in use any more."""


class UserLocked(Exception):
    """The account cannot be used until whoever runs the server unlocks it."""


class UserSuspended(Exception):
    """The account may read and go, and nothing else."""


class NotForGuests(Exception):
    """Guests may not do this."""


class MayNotModerate(Exception):
    """Nobody moderates themselves or an administrator."""


class NotOfThisServer(Exception):
    """The account is another server's."""


class UserNotFound(Exception):
    """There is no such account, or it is not in use any more."""


class UserInUse(Exception):
    """Somebody else has this name."""


class NameReserved(Exception):
    """The name is an app service's to give, or not this one's."""


class CannotActAs(Exception):
    """The app service may not act as this user."""


class UnknownDevice(Exception):
    """The user that an app service acts as has no such device."""


class BadUsername(Exception):
    """The name has characters or a length that no account can have."""


class WeakPassword(Exception):
    """The password is too easy to guess."""


class WrongCredentials(Exception):
    """Name and password do not go together, or nobody is called so."""


class RegistrationClosed(Exception):
    """Accounts are not created by whoever asks."""


class RegistrationTokenNotFound(Exception):
    """There is no such token."""


class NoPlaceLeft(Exception):
    """There are as many accounts as there may be."""

    def __init__(self, admin_contact: str) -> None:
        super().__init__("This server takes no more people")
        self.admin_contact = admin_contact


class GuestsRefused(Exception):
    """There are no guests here."""


class UnsupportedLogin(Exception):
    """This way of signing in does not exist here."""


class TooManyAttempts(Exception):
    """Too many wrong passwords, or too many people at the door at once."""

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__("Too many attempts, try again later")
        self.retry_after_ms = retry_after_ms


class AddressesRefused(Exception):
    """No addresses of this kind are taken here."""


class MediumNotSupported(Exception):
    """Accounts cannot have addresses of this kind here."""


class NoIdentityServer(Exception):
    """No identity server is asked from here."""


class AddressNotFound(Exception):
    """No account has this address."""


class AddressInUse(Exception):
    """An account has this address."""


class AddressNotProven(Exception):
    """Nobody has shown that the address is theirs."""


class WrongValidationToken(Exception):
    """The link is none that was sent."""


class ValidationExpired(Exception):
    """The link was opened too late."""


class MailNotSent(Exception):
    """The mail server did not take the mail."""


class DeviceNotFound(Exception):
    """The account has no such device."""


class ProfileTooLarge(Exception):
    """All fields of the profile together would be too large."""


class ProfileKeyTooLarge(Exception):
    """The name of the field is too long."""


class ProfileNotFound(Exception):
    """Nobody here is called so."""


class AccountDataNotFound(Exception):
    """Nothing of this type is kept."""


class FilterNotFound(Exception):
    """The account has stored no such filter."""


class UserLimitExceeded(Exception):
    """The account keeps as much of this as it may. info_uri: where people read more about it."""

    def __init__(self, why: str, info_uri: str) -> None:
        super().__init__(why)
        self.info_uri = info_uri


class ReservedAccountData(Exception):
    """The server alone writes account data of this type."""


class InvalidValue(Exception):
    """A value that cannot be taken."""


class MissingValue(Exception):
    """A value that must be given."""


class InteractionNeeded(Exception):
    """The request has to prove more before it is done; `body` is what the client is told."""

    def __init__(self, body: Mapping[str, object]) -> None:
        super().__init__("further authentication is needed")
        self.body = body
