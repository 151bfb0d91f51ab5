"""Settings become a program: the foundation, then, once the server has a name, the messenger on top of it."""

from pathlib import Path

from sottovoce.app.foundation import Foundation
from sottovoce.app.messages import delay_limits
from sottovoce.app.messenger import Messenger
from sottovoce.app.rates import rates_in
from sottovoce.app.settings import Settings, contacts, proxies
from sottovoce.http import health
from sottovoce.http.app import HttpApp
from sottovoce.http.client import (
    account,
    account_data,
    admin,
    auth_fallback,
    devices,
    filter,
    login,
    login_fallback,
    openid,
    profile,
    register,
    support,
    tags,
    versions,
)
from sottovoce.http.client import contacts as contacts_routes
from sottovoce.http.client_address import ClientAddress
from sottovoce.http.limits import Limits
from sottovoce.http.routing import Route, Router
from sottovoce.http.sottovoce import email, setup
from sottovoce.http.webapp import find_webapp
from sottovoce.infra.clock import Clock
from sottovoce.infra.ids import Ids
from sottovoce.protocol.room_versions import ROOM_VERSIONS


class App:
    """The whole program."""

    def __init__(self, settings: Settings, clock: Clock | None = None, ids: Ids | None = None) -> None:
        self.settings = settings
        self.base = Foundation(settings, clock, ids)
        self.messenger: Messenger | None = None
        self._is_started = False
        webapp = None if settings.webapp is None else Path(settings.webapp)
        self.http = HttpApp(
            Router(self._routes()),
            self.base.accounts.sessions,
            Limits(rates_in(settings.rates) if settings.rate_limits == "on" else {}, self.base.clock.monotonic_s),
            find_webapp(webapp),
            lambda: self.base.accounts.identity.is_established,
            ClientAddress(proxies(settings)),
            self.base.accounts.ghosts if self.base.app_services.all() else None,
        )

    async def start(self) -> None:
        """Requests may come. Raises DatabaseUnusable, BadServerName, ServerNameFixed."""
        await self.base.start()
        identity = self.base.accounts.identity
        identity.on_established = self._open
        if self.settings.server_name is not None:
            await identity.establish(self.settings.server_name)
        if identity.is_established and self.messenger is None:
            self._open()
        if identity.is_established:
            await self.base.accounts.ghosts.add_senders()
        self._is_started = True

    def close_waits(self) -> None:
        """Everybody who waits for news is answered now."""
        if self.messenger is not None:
            self.messenger.typing.end_all()
            self.messenger.push.follower.close()
        self.base.changes.close()

    async def stop(self) -> None:
        """Nothing is under way any more and everything written is durable."""
        self.close_waits()
        await self.base.stop()
        if self.messenger is not None:
            await self.messenger.push.stop()

    def _open(self) -> None:
        self.messenger = Messenger(self.base)
        self.http.router = Router(self.every_route())
        if self._is_started:
            self.base.tasks.start("accounts.add_senders", self.base.accounts.ghosts.add_senders())

    async def _web_push_key(self) -> str | None:
        return None if self.messenger is None else await self.messenger.push.vapid.public_key()

    def every_route(self) -> list[Route]:
        """What is served: without a name little, with one everything."""
        return [*self._routes(), *(self.messenger.routes() if self.messenger is not None else ())]

    def _routes(self) -> list[Route]:
        accounts = self.base.accounts
        names = sorted(ROOM_VERSIONS, key=int)
        return [
            *health.routes(),
            *versions.routes(
                lambda: self.settings.public_url,
                self.settings.default_room_version,
                names,
                delay_limits(self.settings)._asdict(),
                self._web_push_key,
                has_mail=accounts.email.is_possible,
            ),
            *support.routes(contacts(self.settings), self.settings.support_page),
            *setup.routes(accounts),
            *login.routes(accounts),
            *login_fallback.routes(),
            *register.routes(accounts),
            *account.routes(accounts),
            *contacts_routes.routes(accounts),
            *auth_fallback.routes(accounts),
            *email.routes(accounts),
            *admin.routes(accounts),
            *openid.routes(accounts),
            *devices.routes(accounts),
            *profile.routes(accounts),
            *account_data.routes(accounts),
            *tags.routes(accounts),
            *filter.routes(accounts),
        ]
