"""What accounts need of others."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import DeviceId, RoomId, UserId

from .model import (
    AccountDataItem,
    AccountSummary,
    Device,
    EmailValidation,
    NewToken,
    Pass,
    Profile,
    RegistrationToken,
    ServerIdentity,
    StoredToken,
    ThirdPartyId,
    User,
)


class Passwords(Protocol):
    """Slow hashing, away from the event loop."""

    async def hash(self, password: str) -> str:
        """What to store of a password. Raises TooManyWaiting."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the hash is this password's. With None takes as long, and is False. Raises TooManyWaiting."""
        ...


class AppService(Protocol):
    """An app service, as accounts see it: a program that has users of its own here."""

    @property
    def id(self) -> str: ...

    @property
    def sender_localpart(self) -> str:
        """What the user is called that it acts as unless it says otherwise."""
        ...

    @property
    def is_rate_limited(self) -> bool:
        """Whether floods of its users' requests are slowed; those of its sender never are."""
        ...

    def has_user(self, user_id: UserId) -> bool:
        """Whether the name is in its namespace."""
        ...


class AppServices(Protocol):
    """The app services there are."""

    def all(self) -> Sequence[AppService]: ...

    def find(self, token: str) -> AppService | None:
        """The one whose token this is; takes as long whether there is one or not."""
        ...

    def reserves_user(self, user_id: UserId) -> bool:
        """Whether only an app service may make an account of this name."""
        ...

    async def bring_user(self, user_id: UserId) -> bool:
        """Whether the app service whose name this is knows such a user, whose account exists now.

        Raises what the error table answers with 408 if it gives no answer in time.
        """
        ...


class ServerStore(Protocol):
    """The rows of the server itself."""

    async def find_identity(self) -> ServerIdentity | None: ...

    def add_identity(self, batch: Batch, identity: ServerIdentity) -> None: ...

    async def find_setup_code(self) -> bytes | None:
        """The hash of the code that is valid now."""
        ...

    def set_setup_code(self, batch: Batch, code_hash: bytes) -> None: ...

    def remove_setup_code(self, batch: Batch) -> None: ...


class UserStore(Protocol):
    """The rows of accounts."""

    async def find_user(self, user_id: UserId) -> User | None: ...

    async def count_users(self) -> int:
        """How many accounts are in use, guests with them."""
        ...

    async def has_users(self) -> bool:
        """Guests are none."""
        ...

    def add_user(self, batch: Batch, user: User) -> None:
        """The batch fails with WriteConflict if the name is taken."""
        ...

    def set_password(self, batch: Batch, user_id: UserId, password_hash: str) -> None: ...

    def deactivate_user(self, batch: Batch, user_id: UserId, at_ms: int) -> None:
        """The account has no password any more."""
        ...

    def erase_user(self, batch: Batch, user_id: UserId, at_ms: int) -> None: ...

    async def list_erased(self, user_ids: Sequence[UserId]) -> list[UserId]:
        """Those of them who wanted to be erased."""
        ...

    def set_terms_version(self, batch: Batch, user_id: UserId, version: str) -> None: ...

    def set_locked(self, batch: Batch, user_id: UserId, at_ms: int | None) -> None: ...

    def set_suspended(self, batch: Batch, user_id: UserId, at_ms: int | None) -> None: ...

    def upgrade_guest(self, batch: Batch, user_id: UserId, password_hash: str) -> None:
        """The account is nobody's guest any more, and has a password."""
        ...

    async def list_guests(self, user_ids: Sequence[UserId]) -> list[UserId]:
        """Those of them who are guests."""
        ...


class RosterStore(Protocol):
    """The rows of accounts, as an administrator reads them."""

    async def list_accounts(self, after: str, limit: int, search: str) -> list[AccountSummary]:
        """By address; `search` in small letters."""
        ...

    async def find_account(self, user_id: UserId) -> AccountSummary | None: ...

    async def count_accounts(self) -> int:
        """Those in use."""
        ...

    def set_admin(self, batch: Batch, user_id: UserId, is_admin: bool) -> None: ...


class RegistrationTokenStore(Protocol):
    """The rows of registration tokens."""

    async def find_registration_token(self, token_hash: bytes) -> RegistrationToken | None: ...

    async def list_registration_tokens(self, limit: int) -> list[tuple[bytes, RegistrationToken]]:
        """The oldest first, each with its hash."""
        ...

    async def has_registration_tokens(self, now_ms: int) -> bool:
        """Whether any token could still be used."""
        ...

    def add_registration_token(self, batch: Batch, token_hash: bytes, token: RegistrationToken) -> None: ...

    def use_registration_token(self, batch: Batch, token_hash: bytes) -> None:
        """The batch fails with WriteConflict if it has no uses left."""
        ...

    def remove_registration_token(self, batch: Batch, token_hash: bytes) -> None: ...


class ProfileStore(Protocol):
    """The rows of profiles."""

    async def find_profile(self, user_id: UserId) -> Profile | None: ...

    async def list_profiles(self, user_ids: Sequence[UserId]) -> dict[UserId, Profile]:
        """Of as many people as have one; many may be asked for."""
        ...

    def add_profile(self, batch: Batch, user_id: UserId, profile: Profile) -> None: ...

    def set_displayname(self, batch: Batch, user_id: UserId, displayname: str | None) -> None: ...

    def set_avatar_url(self, batch: Batch, user_id: UserId, avatar_url: str | None) -> None: ...

    def remove_profile(self, batch: Batch, user_id: UserId) -> None:
        """With all its fields."""
        ...

    async def list_profile_fields(self, user_id: UserId) -> dict[str, bytes]:
        """The fields besides name and picture, encoded, by name."""
        ...

    def set_profile_field(self, batch: Batch, user_id: UserId, name: str, value: bytes) -> None: ...

    def remove_profile_field(self, batch: Batch, user_id: UserId, name: str) -> None: ...

    async def list_profile_news(self) -> list[tuple[UserId, int]]:
        """Everybody on the list, with their positions, in this order."""
        ...

    def add_profile_news(self, batch: Batch, user_id: UserId, position: int) -> None:
        """The person is on the list, at this position."""
        ...

    def remove_profile_news(self, batch: Batch, user_id: UserId, position: int) -> None:
        """The person is not on the list at this position."""
        ...


class ContactStore(Protocol):
    """The rows of addresses outside Matrix, and of their validations."""

    async def find_owner(self, medium: str, address: str) -> UserId | None: ...

    async def list_third_party_ids(self, user_id: UserId) -> list[ThirdPartyId]:
        """In the order in which they were added."""
        ...

    def add_third_party_id(self, batch: Batch, user_id: UserId, contact: ThirdPartyId) -> None:
        """The batch fails with WriteConflict if an account has it."""
        ...

    def remove_third_party_id(self, batch: Batch, user_id: UserId, medium: str, address: str) -> None: ...

    def remove_third_party_ids(self, batch: Batch, user_id: UserId) -> None: ...

    async def find_validation(self, sid: str) -> EmailValidation | None: ...

    async def find_same_validation(self, purpose: int, address: str, secret_hash: bytes) -> EmailValidation | None:
        """The one of the same client for the same address."""
        ...

    def set_validation(self, batch: Batch, validation: EmailValidation) -> None: ...

    def remove_validation(self, batch: Batch, sid: str) -> None: ...

    def remove_validations_before(self, batch: Batch, expired_at_ms: int) -> None: ...


class Mailbox(Protocol):
    """Where mail is handed in."""

    async def send(self, to: str, subject: str, text: str) -> None:
        """The mail is on its way. Raises MailFailed."""
        ...


class DeviceStore(Protocol):
    """The rows of devices and their tokens."""

    async def find_device(self, user_id: UserId, device_id: DeviceId) -> Device | None: ...

    async def list_devices(self, user_id: UserId) -> list[Device]: ...

    async def list_surplus_devices(self, user_id: UserId, device_id: DeviceId, keep: int) -> list[DeviceId]:
        """Of the devices beside this one those that were not seen as lately as `keep` others; not all, if very many."""
        ...

    async def list_devices_of(self, user_ids: Iterable[UserId]) -> dict[UserId, list[Device]]:
        """By person; those who have none are left out."""
        ...

    def add_device(self, batch: Batch, user_id: UserId, device: Device) -> None:
        """A device that is known keeps its name."""
        ...

    def set_device_name(self, batch: Batch, user_id: UserId, device_id: DeviceId, name: str) -> None: ...

    def set_last_seen(self, batch: Batch, user_id: UserId, device_id: DeviceId, at_ms: int, ip: str) -> None: ...

    def remove_device(self, batch: Batch, user_id: UserId, device_id: DeviceId) -> None:
        """With all its tokens."""
        ...

    async def find_token(self, kind: int, token_hash: bytes) -> StoredToken | None: ...

    def add_tokens(self, batch: Batch, tokens: Iterable[NewToken]) -> None: ...

    def remove_tokens(self, batch: Batch, user_id: UserId, device_id: DeviceId) -> None: ...

    def use_generation(self, batch: Batch, user_id: UserId, device_id: DeviceId, generation: int) -> None:
        """This generation is used, the one before is spent, and those before that are gone."""
        ...


class PassStore(Protocol):
    """The rows of short-lived proofs."""

    def add_pass(self, batch: Batch, token_hash: bytes, proof: Pass) -> None: ...

    async def find_pass(self, kind: int, token_hash: bytes) -> Pass | None: ...

    def use_pass(self, batch: Batch, token_hash: bytes) -> None:
        """The batch fails with WriteConflict if it was used before."""
        ...

    def remove_passes(self, batch: Batch, user_id: UserId) -> None: ...

    def remove_passes_before(self, batch: Batch, expired_at_ms: int) -> None: ...


class Departures(Protocol):
    """Whoever keeps something for devices."""

    async def leaving(self, user_id: UserId, device_ids: Sequence[DeviceId]) -> Callable[[Batch], None]:
        """What has the things kept for these devices go with them; it completes the batch that removes them."""
        ...


class AccountDataStore(Protocol):
    """The rows of account data and filters."""

    async def find_account_data(self, user_id: UserId, room_id: RoomId | None, data_type: str) -> bytes | None: ...

    def set_account_data(self, batch: Batch, user_id: UserId, item: AccountDataItem, position: int) -> None: ...

    async def count_account_data(self, user_id: UserId) -> int: ...

    async def account_data_between(self, user_id: UserId, after: int, until: int) -> Sequence[AccountDataItem]: ...

    async def list_room_account_data(
        self, user_id: UserId, room_ids: Sequence[RoomId]
    ) -> Sequence[AccountDataItem]: ...

    def remove_account_data(self, batch: Batch, user_id: UserId) -> None:
        """With all filters."""
        ...

    def remove_account_data_of_room(self, batch: Batch, room_id: RoomId) -> None:
        """Everybody's."""
        ...

    async def list_account_data_of_type(self, user_id: UserId, data_type: str) -> Sequence[AccountDataItem]:
        """What is kept under this type about each room, and about none."""
        ...

    async def find_filter(self, user_id: UserId, filter_id: str) -> bytes | None: ...

    async def count_filters(self, user_id: UserId) -> int: ...

    def add_filter(self, batch: Batch, user_id: UserId, filter_id: str, definition: bytes) -> None:
        """Nothing changes if it is there."""
        ...


class AccountStore(
    ContactStore,
    ServerStore,
    UserStore,
    ProfileStore,
    RosterStore,
    RegistrationTokenStore,
    DeviceStore,
    PassStore,
    AccountDataStore,
    Protocol,
):
    """All the rows accounts own."""
