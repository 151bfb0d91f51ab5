"""The part of the program that exists before the server has a name: database, changes, accounts."""

from pathlib import Path

from sottovoce.app.mail import mail_of
from sottovoce.app.registrations import registrations
from sottovoce.app.settings import Settings, admin_contact
from sottovoce.domains.accounts.model import AccountSettings
from sottovoce.domains.accounts.service import Accounts
from sottovoce.domains.accounts.store import SqlAccountStore
from sottovoce.domains.appservices.gateway import AppServiceGateway
from sottovoce.domains.appservices.service import Queries
from sottovoce.domains.changes.service import Changes
from sottovoce.domains.changes.store import Positions
from sottovoce.infra.clock import Clock, SystemClock
from sottovoce.infra.db.open import database_at
from sottovoce.infra.ids import Ids
from sottovoce.infra.outbound_http import OutboundHttp
from sottovoce.infra.passwords import Argon2Passwords
from sottovoce.infra.tasks import Tasks

DATABASE_FILE = "sottovoce.db"
WRITER = "main"


class Foundation:
    """What everything else is built on."""

    def __init__(self, settings: Settings, clock: Clock | None = None, ids: Ids | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.ids = ids or Ids()
        self.tasks = Tasks()
        self.database = database_at(settings.database or Path(settings.data) / DATABASE_FILE)
        self.changes = Changes(Positions(self.database, WRITER))
        self.database.on_commit = self.changes.publish
        self.passwords = Argon2Passwords()
        self.account_rows = SqlAccountStore(self.database)
        self.outbound_to_own = OutboundHttp(private_addresses=True)
        """For addresses that whoever runs the server wrote down."""
        self.gateway = AppServiceGateway(self.outbound_to_own)
        self.app_services = Queries(registrations(settings), self.gateway)
        self.accounts = Accounts(
            self.database,
            self.account_rows,
            self.passwords,
            self.changes,
            self.clock,
            self.ids,
            AccountSettings(
                registration=settings.registration,
                takes_guests=settings.guests == "on",
                slows_failed_logins=settings.rate_limits == "on",
                public_url=settings.public_url,
                support_page=settings.support_page,
                max_accounts=settings.max_accounts,
                admin_contact=admin_contact(settings),
                password_min_length=settings.password_min_length,
                access_token_lifetime_ms=settings.access_token_lifetime_s * 1000,
                requires_email=settings.registration_email == "on",
                terms_url=settings.terms_url,
                terms_version=settings.terms_version,
            ),
            self.app_services,
            mail_of(settings),
        )

    async def start(self) -> None:
        """The database answers, positions are handed out, the accounts know the server. Raises DatabaseUnusable."""
        await self.database.start()
        await self.changes.start()
        await self.accounts.start()

    async def stop(self) -> None:
        """Background work has ended and everything written is durable."""
        await self.tasks.stop()
        await self.outbound_to_own.stop()
        await self.database.stop()
        self.passwords.stop()
