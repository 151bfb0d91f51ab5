"""Accounts and their passwords."""

from collections.abc import Callable, Collection

from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, WriteConflict
from sottovoce.infra.ids import Ids
from sottovoce.infra.passwords import TooManyWaiting
from sottovoce.protocol.ids import DeviceId, ServerName, UserId, localpart_of

from ..model import (
    AccountSettings,
    BadUsername,
    Caller,
    EmailValidation,
    Identifier,
    MissingValue,
    NewAccount,
    Profile,
    ProfileNotFound,
    SignedIn,
    SignIn,
    TooManyAttempts,
    User,
    UserDeactivated,
    UserInUse,
    UserLocked,
    UserSuspended,
    WrongCredentials,
)
from ..ports import AccountStore, Passwords
from ..rules import check_displayname, check_password_strength, email_in, name_in, new_user_id, signing_in_user_id
from .email_validations import EmailValidations
from .failed_logins import FailedLogins
from .identity import Identity
from .passes import Passes
from .profiles import Profiles
from .sessions import Sessions

GENERATED_NAME_LETTERS = 10
MAX_NAME_LENGTH = 300
BUSY_RETRY_MS = 2_000
RESERVED_PREFIX = "_"
"""Names that begin so are for app services and for the server itself."""

AlsoWrite = Callable[[Batch, UserId], None]


class Users:
    """Who has an account here."""

    def __init__(
        self,
        store: AccountStore,
        passwords: Passwords,
        sessions: Sessions,
        passes: Passes,
        profiles: Profiles,
        validations: EmailValidations,
        identity: Identity,
        clock: Clock,
        ids: Ids,
        settings: AccountSettings,
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._sessions = sessions
        self._passes = passes
        self._profiles = profiles
        self._validations = validations
        self._identity = identity
        self._clock = clock
        self._ids = ids
        self._min_length = settings.password_min_length
        self._failed = FailedLogins(clock, is_on=settings.slows_failed_logins)

    async def exists(self, user_id: UserId) -> bool:
        """Whether the account is there and in use."""
        user = await self._store.find_user(user_id)
        return user is not None and user.deactivated_at_ms is None

    def named(self, username: str) -> UserId:
        """The user id that this name stands for, whether anybody is called so or not. Raises BadUsername, NotSetUp."""
        return new_user_id(username, self._identity.name)

    async def check_available(self, username: str) -> UserId:
        """The user id this name would get. Raises BadUsername, UserInUse, NotSetUp."""
        if username.startswith(RESERVED_PREFIX):
            raise BadUsername(f"User names do not begin with {RESERVED_PREFIX}")
        return await self._check_free(new_user_id(username, self._identity.name))

    async def _check_free(self, user_id: UserId) -> UserId:
        if await self._store.find_user(user_id) is not None:
            raise UserInUse("This user name is taken")
        return user_id

    def check_password(self, password: str) -> None:
        """Raises WeakPassword or InvalidValue if it is not good enough to be somebody's."""
        check_password_strength(password, self._min_length)

    def check_account(self, account: NewAccount, server: ServerName) -> str:
        """The password of an account with which nothing is wrong, but that its name may be taken.

        Raises BadUsername, WeakPassword, MissingValue, InvalidValue.
        """
        if account.username is not None:
            new_user_id(account.username, server)
        if account.password is None:
            raise MissingValue("A password is needed")
        self.check_password(account.password)
        check_displayname(account.display_name)
        return account.password

    async def add(
        self, user_id: UserId, sign_in: SignIn | None = None, displayname: str | None = None
    ) -> SignedIn | None:
        """The account exists, and no password opens it; it is signed in on a device if `sign_in` asks for it.

        Raises UserInUse, InvalidValue. Spec: application-service, Server admin style permissions.
        """
        await self._check_free(user_id)
        batch = Batch()
        signed_in = None if sign_in is None else self._sessions.begin(batch, user_id, sign_in)
        self._store.add_user(batch, User(user_id, None, False, self._clock.now_ms(), None))
        self._store.add_profile(batch, user_id, Profile(displayname, None))
        try:
            await self._sessions.commit(batch, user_id)
        except WriteConflict:
            await self._check_free(user_id)
            raise
        return signed_in

    async def create(
        self, account: NewAccount, sign_in: SignIn | None = None, also_write: AlsoWrite = lambda batch, user_id: None
    ) -> tuple[UserId, SignedIn | None]:
        """The account exists, and is signed in on a device if `sign_in` asks for it.

        also_write: adds to the same batch; a conflict there is raised as WriteConflict.
        Raises BadUsername, UserInUse, WeakPassword, MissingValue, InvalidValue, TooManyAttempts, NotSetUp.
        """
        password = self.check_account(account, self._identity.name)
        user_id = await self.check_available(account.username or self._ids.capitals(GENERATED_NAME_LETTERS))
        batch = Batch()
        signed_in = None if sign_in is None else self._sessions.begin(batch, user_id, sign_in)
        self._store.add_profile(batch, user_id, Profile(check_displayname(account.display_name), None))
        password_hash = await self._hash(password)
        self._store.add_user(batch, User(user_id, password_hash, account.is_admin, self._clock.now_ms(), None))
        also_write(batch, user_id)
        try:
            await self._sessions.commit(batch, user_id)
        except WriteConflict:
            await self.check_available(localpart_of(user_id))
            raise
        return user_id, signed_in

    async def sign_in(self, identifier: Identifier, password: str, sign_in: SignIn) -> SignedIn:
        """The device is signed in to the account of this name. Capitals in the name do not matter.

        Raises WrongCredentials, UserLocked, TooManyAttempts, InvalidValue, NotSetUp. Spec: client-server, Login.
        """
        address = email_in(identifier)
        name = name_in(identifier) if address is None else address
        if address is None:
            user_id = signing_in_user_id(name, self._identity.name)
        else:
            user_id = await self._validations.owner_of(address)
        await self._check(user_id, name[:MAX_NAME_LENGTH], password, sign_in.client_ip)
        assert user_id is not None
        await self._check_unlocked(user_id)
        return await self._sessions.open(user_id, sign_in)

    async def sign_in_with_token(self, token: str, sign_in: SignIn) -> SignedIn:
        """The device is signed in to the account that made the login token, which serves nobody else after that.

        Raises WrongCredentials, UserLocked, InvalidValue. Spec: client-server, Login; POST /login/get_token.
        """
        user_id = await self._passes.login_user(token)
        if user_id is None or not await self.exists(user_id):
            raise WrongCredentials("The login token is not valid")
        await self._check_unlocked(user_id)
        try:
            return await self._sessions.open(user_id, sign_in, lambda batch: self._passes.use(batch, token))
        except WriteConflict as cause:
            raise WrongCredentials("The login token has been used") from cause

    async def create_guest(self, device_name: str | None, client_ip: str) -> SignedIn:
        """There is a guest's account, signed in on a device. Raises InvalidValue. Spec: client-server, Guest access."""
        user_id = await self.check_available(self._ids.capitals(GENERATED_NAME_LETTERS))
        batch = Batch()
        signed_in = self._sessions.begin(
            batch, user_id, SignIn(initial_device_display_name=device_name, client_ip=client_ip)
        )
        self._store.add_profile(batch, user_id, Profile(None, None))
        self._store.add_user(batch, User(user_id, None, False, self._clock.now_ms(), None, is_guest=True))
        await self._sessions.commit(batch, user_id)
        return signed_in

    def check_upgrade(self, guest: Caller, username: str | None) -> None:
        """Raises MissingValue, BadUsername, WrongCredentials unless this name is the guest's own."""
        if username is None:
            raise MissingValue("A guest who gets an account gives their own user name")
        if not guest.is_guest or new_user_id(username, self._identity.name) != guest.user_id:
            raise WrongCredentials("This guest has another user name")

    async def upgrade_guest(self, guest: Caller, account: NewAccount, sign_in: SignIn | None) -> SignedIn | None:
        """The guest's account is an ordinary one, with this password; its devices stay signed in.

        Raises WeakPassword, MissingValue, InvalidValue, TooManyAttempts. Spec: client-server, Guest access.
        """
        password = self.check_account(account, self._identity.name)
        batch = Batch()
        signed_in = None if sign_in is None else self._sessions.begin(batch, guest.user_id, sign_in)
        self._store.upgrade_guest(batch, guest.user_id, await self._hash(password))
        await self._sessions.commit(batch, guest.user_id)
        return signed_in

    async def is_suspended(self, user_id: UserId) -> bool:
        """Whether the person may only read and go."""
        user = await self._store.find_user(user_id)
        return user is not None and user.suspended_at_ms is not None

    async def check_may_send(self, user_id: UserId, *, while_suspended: bool) -> None:
        """The account may write to rooms now, as it would by a request.

        while_suspended: whether it would be let write so even then. Raises UserDeactivated, UserLocked, UserSuspended.
        """
        user = await self._store.find_user(user_id)
        if user is None or user.deactivated_at_ms is not None:
            raise UserDeactivated("This account is not in use any more")
        if user.locked_at_ms is not None:
            raise UserLocked("This account has been locked")
        if user.suspended_at_ms is not None and not while_suspended:
            raise UserSuspended("You cannot do this while your account is suspended")

    async def guests_among(self, user_ids: Collection[UserId]) -> list[UserId]:
        """Those of these people who are guests here."""
        return await self._store.list_guests(list(user_ids))

    async def confirm(self, user_id: UserId, password: str, client_ip: str) -> None:
        """It is their password. Raises WrongCredentials, TooManyAttempts."""
        await self._check(user_id, user_id, password, client_ip)

    async def change_password(
        self,
        user_id: UserId,
        password: str,
        *,
        except_device: DeviceId | None = None,
        signs_out: bool = True,
        also_use: EmailValidation | None = None,
    ) -> None:
        """The account has this password and, if it `signs_out`, no device but that one. also_use: has served then.

        Raises WeakPassword, InvalidValue, TooManyAttempts, ProfileNotFound. Spec: client-server, Password management.
        """
        self.check_password(password)
        if not await self.exists(user_id):
            raise ProfileNotFound("Nobody here is called so")
        password_hash = await self._hash(password)
        batch = Batch()
        self._store.set_password(batch, user_id, password_hash)
        if also_use is not None:
            self._validations.use(batch, also_use)
        self._store.remove_passes(batch, user_id)
        if signs_out:
            await self._sessions.remove_all(batch, user_id, except_device=except_device)
        await self._sessions.commit(batch, user_id)
        if signs_out:
            self._sessions.on_closed(user_id)

    async def deactivate(self, user_id: UserId, *, erases: bool = False) -> None:
        """Nobody can sign in to the account again, nobody is signed in to it, and nobody else gets its name.

        It will soon be in no room. erases: its profile and account data are gone too, and newcomers do not read what
        it said. Spec: client-server, Account deactivation.
        """
        batch = Batch()
        if erases:
            self._store.erase_user(batch, user_id, self._clock.now_ms())
            self._store.remove_profile(batch, user_id)
            self._store.remove_account_data(batch, user_id)
        self._store.remove_passes(batch, user_id)
        self._store.remove_third_party_ids(batch, user_id)
        self._store.deactivate_user(batch, user_id, self._clock.now_ms())
        await self._sessions.remove_all(batch, user_id)
        self._profiles.announce(batch, user_id)
        await self._sessions.commit(batch, user_id)
        self._sessions.on_closed(user_id)

    async def erased_among(self, user_ids: Collection[UserId]) -> list[UserId]:
        """Those of these people who wanted to be erased."""
        return await self._store.list_erased(list(user_ids))

    async def _check_unlocked(self, user_id: UserId) -> None:
        user = await self._store.find_user(user_id)
        if user is not None and user.locked_at_ms is not None:
            raise UserLocked("This account has been locked")

    async def _check(self, user_id: UserId | None, name: str, password: str, client_ip: str) -> None:
        self._failed.count(user_id, name, client_ip)
        user = None if user_id is None else await self._store.find_user(user_id)
        try:
            is_right = await self._passwords.verify(password, None if user is None else user.password_hash)
        except TooManyWaiting as cause:
            raise TooManyAttempts(BUSY_RETRY_MS) from cause
        if not is_right:
            raise WrongCredentials("The name or the password is wrong")
        self._failed.take_back(user_id, name, client_ip)

    async def _hash(self, password: str) -> str:
        try:
            return await self._passwords.hash(password)
        except TooManyWaiting as cause:
            raise TooManyAttempts(BUSY_RETRY_MS) from cause
