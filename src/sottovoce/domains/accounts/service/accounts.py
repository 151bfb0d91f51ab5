"""Accounts: the whole domain, put together."""

from collections.abc import Collection, Mapping, Sequence

from sottovoce.domains.changes.service import Changes
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Database
from sottovoce.infra.ids import Ids
from sottovoce.protocol.ids import UserId, server_of

from ..model import AccountSettings, Profile
from ..ports import AccountStore, AppServices, Mailbox, Passwords
from .account_data import AccountData
from .contacts import Contacts
from .email_validations import EmailValidations
from .filters import Filters
from .ghosts import Ghosts, NoAppServices
from .identity import Identity
from .interactive import Interactive
from .moderation import Moderation
from .passes import Passes
from .profiles import Profiles
from .recovery import Recovery
from .registration import Registration
from .registration_tokens import RegistrationTokens
from .roster import Roster
from .sensitive import Sensitive
from .sessions import Sessions
from .setup import Setup
from .tags import Tags
from .users import Users


class Accounts:
    """Each part is asked by its own name; what other domains need most is here."""

    def __init__(
        self,
        database: Database,
        store: AccountStore,
        passwords: Passwords,
        changes: Changes,
        clock: Clock,
        ids: Ids,
        settings: AccountSettings,
        app_services: AppServices | None = None,
        mail: Mailbox | None = None,
    ) -> None:
        services = self._app_services = app_services or NoAppServices()
        self.settings = settings
        self.identity = Identity(database, store, clock, ids)
        self.sessions = Sessions(database, store, clock, ids, settings)
        self.passes = Passes(database, store, clock, ids)
        self.email = EmailValidations(database, store, mail, self.identity, clock, ids, settings)
        self.contacts = Contacts(database, store, self.email, clock)
        self.profiles = Profiles(database, store, changes, self._bring)
        self.users = Users(
            store, passwords, self.sessions, self.passes, self.profiles, self.email, self.identity, clock, ids, settings
        )
        self.moderation = Moderation(store, self.sessions, self.identity, clock)
        self.roster = Roster(store, self.users, self.identity, self.sessions)
        interactive = Interactive(clock, ids)
        self.ghosts = Ghosts(store, self.users, self.sessions, self.identity, services)
        self.registration_tokens = RegistrationTokens(database, store, clock, ids)
        self.registration = Registration(
            store,
            self.registration_tokens,
            self.users,
            self.contacts,
            self.email,
            interactive,
            clock,
            settings,
            services,
        )
        self.sensitive = Sensitive(self.users, self.sessions, self.passes, self.contacts, interactive, self.identity)
        self.recovery = Recovery(self.users, self.email, interactive)
        self.interactive = interactive
        self.setup = Setup(database, store, self.identity, self.users, ids)
        self.account_data = AccountData(database, store, changes, self.info_uri)
        self.tags = Tags(self.account_data)
        self.filters = Filters(database, store, self.info_uri)
        self.identify = self.sessions.identify

    async def start(self) -> None:
        """What has to be in memory is; requests may come."""
        await self.identity.start()

    def info_uri(self) -> str:
        """Where people read more about this server."""
        return self.settings.support_page or self.settings.public_url or f"https://{self.identity.name}"

    async def exists(self, user_id: UserId) -> bool:
        """Whether the account is there and in use, or an app service has just brought it."""
        if await self.users.exists(user_id):
            return True
        return await self._bring(user_id) and await self.users.exists(user_id)

    async def is_suspended(self, user_id: UserId) -> bool:
        """Whether the person may only read and go."""
        return await self.users.is_suspended(user_id)

    async def check_may_send(self, user_id: UserId, *, while_suspended: bool) -> None:
        """The account may write to rooms now. Raises UserDeactivated, UserLocked, UserSuspended."""
        await self.users.check_may_send(user_id, while_suspended=while_suspended)

    async def erased_among(self, user_ids: Collection[UserId]) -> list[UserId]:
        """Those of these people who wanted to be erased."""
        return await self.users.erased_among(user_ids)

    async def guests_among(self, user_ids: Collection[UserId]) -> list[UserId]:
        """Those of these people who are guests here."""
        return await self.users.guests_among(user_ids)

    async def profiles_of(self, user_ids: Sequence[UserId]) -> Mapping[UserId, Profile]:
        """What those of them call themselves who have an account here."""
        return await self.profiles.of_many(user_ids)

    async def profile_of(self, user_id: UserId) -> Profile:
        """What they call themselves. Raises ProfileNotFound for whoever has no account here."""
        return await self.profiles.of(user_id)

    async def _bring(self, user_id: UserId) -> bool:
        is_here = self.identity.is_established and server_of(user_id) == self.identity.name
        return is_here and await self._app_services.bring_user(user_id)
