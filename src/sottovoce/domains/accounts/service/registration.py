"""How accounts come to be by whoever asks: openly, with a token, or not at all."""

from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, WriteConflict
from sottovoce.protocol.ids import UserId

from ..model import (
    AccountSettings,
    AddressesRefused,
    AddressInUse,
    Caller,
    EmailRequest,
    GuestsRefused,
    NameReserved,
    NewAccount,
    NoPlaceLeft,
    RegistrationClosed,
    RegistrationMode,
    SignedIn,
    SignIn,
    ValidationPurpose,
)
from ..ports import AccountStore, AppServices
from ..rules import hash_of
from .contacts import Contacts
from .email_validations import EmailValidations
from .interactive import NO_PARAMS, Auth, Interactive, Passed, StageFailed
from .registration_tokens import RegistrationTokens
from .stages import DUMMY, EMAIL, TERMS, TOKEN, EmailStage, TermsStage, pass_dummy
from .users import Users


class Registration:
    """The way in for people who have no account yet."""

    def __init__(
        self,
        store: AccountStore,
        tokens: RegistrationTokens,
        users: Users,
        contacts: Contacts,
        validations: EmailValidations,
        interactive: Interactive,
        clock: Clock,
        settings: AccountSettings,
        app_services: AppServices,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._users = users
        self._contacts = contacts
        self._validations = validations
        self._terms = TermsStage(settings)
        self._email = EmailStage(validations, ValidationPurpose.REGISTER)
        self._interactive = interactive
        self._clock = clock
        self.mode: RegistrationMode = settings.registration
        self._settings = settings
        self._app_services = app_services

    async def register(
        self, account: NewAccount, sign_in: SignIn | None, auth: Auth | None, guest: Caller | None = None
    ) -> tuple[UserId, SignedIn | None]:
        """The account exists, and is signed in on a device if `sign_in` asks for it.

        guest: whose account becomes an ordinary one instead.
        Raises InteractionNeeded, RegistrationClosed, NoPlaceLeft, NameReserved, AddressInUse, AddressNotProven and what
        Users.create raises; what is wrong with name or password is told before anything has to be proved.
        Spec: Account registration.
        """
        flows = await self._flows()
        if guest is not None:
            self._users.check_upgrade(guest, account.username)
        else:
            await self._check_place()
        if guest is None and account.username is not None:
            await self._check_name(account.username)
        if account.password is not None:
            self._users.check_password(account.password)

        async def create(passed: Passed) -> tuple[UserId, SignedIn | None]:
            if guest is not None:
                return guest.user_id, await self._users.upgrade_guest(guest, account, sign_in)
            return await self._create(account, sign_in, passed)

        stages = {DUMMY: pass_dummy, TOKEN: self._pass_token, TERMS: self._terms.pass_, EMAIL: self._email.pass_}
        params = self._terms.params if TERMS in flows[0] else NO_PARAMS
        return await self._interactive.perform("register", auth, flows, stages, create, params)

    async def register_guest(self, device_name: str | None, client_ip: str) -> SignedIn:
        """A guest's account exists, signed in. Raises GuestsRefused, NoPlaceLeft, InvalidValue. Spec: Guest access."""
        if not self._settings.takes_guests:
            raise GuestsRefused("There are no guests here")
        await self._check_place()
        return await self._users.create_guest(device_name, client_ip)

    async def check_available(self, username: str) -> None:
        """Somebody could register by this name now. Raises RegistrationClosed, BadUsername, UserInUse, NameReserved."""
        await self._flows()
        await self._check_name(username)

    async def request_email(self, asked: EmailRequest) -> str:
        """As EmailValidations.request. Raises RegistrationClosed, AddressesRefused where there is no mail."""
        await self._flows()
        if not self._validations.is_possible:
            raise AddressesRefused("This server sends no mail")
        return await self._validations.request(ValidationPurpose.REGISTER, asked)

    async def is_valid_token(self, token: str) -> bool:
        """Whether an account could be created with this token now. Raises RegistrationClosed."""
        await self._flows()
        return await self._tokens.find_valid(token) is not None

    async def _check_name(self, username: str) -> None:
        if self._app_services.reserves_user(self._users.named(username)):
            raise NameReserved("This user name is kept for an app service")
        await self._users.check_available(username)

    async def _create(
        self, account: NewAccount, sign_in: SignIn | None, passed: Passed
    ) -> tuple[UserId, SignedIn | None]:
        validation = await self._email.validation(passed)

        def also_write(batch: Batch, user_id: UserId) -> None:
            if TOKEN in passed:
                self._store.use_registration_token(batch, hash_of(passed[TOKEN]))
            if TERMS in passed:
                self._store.set_terms_version(batch, user_id, passed[TERMS])
            if validation is not None:
                self._contacts.write(batch, user_id, validation)

        try:
            return await self._users.create(account, sign_in, also_write)
        except WriteConflict as cause:
            if validation is not None and await self._validations.owner_of(validation.address) is not None:
                raise AddressInUse("An account has this address already") from cause
            raise RegistrationClosed("The registration token has been used up") from cause

    async def _check_place(self) -> None:
        most = self._settings.max_accounts
        if most is not None and await self._store.count_users() >= most:
            raise NoPlaceLeft(self._settings.admin_contact)

    async def _flows(self) -> list[list[str]]:
        """What has to be passed, in one of these orders. Raises RegistrationClosed."""
        first: list[str] = []
        if self.mode != "open":
            if not await self._store.has_registration_tokens(self._clock.now_ms()):
                raise RegistrationClosed("Accounts are not created by whoever asks here")
            first.append(TOKEN)
        if self._settings.terms_url is not None:
            first.append(TERMS)
        if not self._validations.is_possible:
            return [first or [DUMMY]]
        with_email = [*first, EMAIL]
        return [with_email] if self._settings.requires_email else [[*first, DUMMY], with_email]

    async def _pass_token(self, auth: Auth) -> str:
        token = auth.get("token")
        if not isinstance(token, str) or await self._tokens.find_valid(token) is None:
            raise StageFailed("M_UNAUTHORIZED", "The registration token is not valid")
        return token
