"""A server of accounts alone, with a clock that tests move."""

from collections.abc import Callable, Sequence

from sottovoce.domains.accounts.model import AccountSettings, RegistrationMode
from sottovoce.domains.accounts.service import Accounts
from sottovoce.domains.accounts.store import SqlAccountStore
from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.domains.changes.store import Positions
from sottovoce.http.app import HttpApp
from sottovoce.http.client import account, account_data, admin, devices, login, openid, profile, register, tags
from sottovoce.http.client import filter as filters
from sottovoce.http.limits import Limits
from sottovoce.http.routing import Router
from sottovoce.http.sottovoce import setup
from sottovoce.infra.db.model import Database, Query
from sottovoce.infra.ids import Ids
from tests.helpers.asgi import AsgiClient, Reply
from tests.helpers.clock import FakeClock
from tests.helpers.people import Person

NAME = "chat.example.org"
PASSWORD = "a password of many words"
DUMMY = {"type": "m.login.dummy"}


class PlainPasswords:
    """Implements accounts.ports.Passwords, at no cost. Counts how often it was asked to verify."""

    verified = 0

    async def hash(self, password: str) -> str:
        return "plain:" + password

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.verified += 1
        return password_hash == "plain:" + password


class AccountServer:
    """Answers what concerns accounts; `client` is nobody in particular."""

    def __init__(self, database: Database, registration: RegistrationMode = "open") -> None:
        self.clock = FakeClock()
        self.passwords = PlainPasswords()
        self._database = database
        self.changes = Changes(Positions(database, "main"))
        database.on_commit = self.changes.publish
        self.settings = AccountSettings(registration=registration, public_url="https://chat.example.org")
        self._build()

    def _build(self) -> None:
        store = SqlAccountStore(self._database)
        self.accounts = accounts = Accounts(
            self._database, store, self.passwords, self.changes, self.clock, Ids(), self.settings
        )
        sections = (account, account_data, admin, devices, filters, login, openid, profile, register, setup, tags)
        routes = [route for section in sections for route in section.routes(accounts)]
        limits = Limits({}, self.clock.monotonic_s)
        self.app = HttpApp(Router(routes), accounts, limits, is_established=lambda: accounts.identity.is_established)
        self.client = AsgiClient(self.app)

    async def start(self, *, name: str | None = NAME) -> None:
        await self.changes.start()
        await self.accounts.start()
        if name is not None:
            await self.accounts.identity.establish(name)

    async def restart(self) -> None:
        """A server that has nothing in memory."""
        self._build()
        await self.accounts.start()

    async def register(self, username: str = "alice", **body: object) -> Reply:
        """The reply to a registration that proves all it has to."""
        return await self.client.post(
            "/_matrix/client/v3/register", {"username": username, "password": PASSWORD, "auth": DUMMY} | body
        )

    async def login(self, username: str = "alice", password: str = PASSWORD, **body: object) -> Reply:
        """The reply to a login with name and password."""
        identifier = {"type": "m.id.user", "user": username}
        login = {"type": "m.login.password", "identifier": identifier, "password": password}
        return await self.client.post("/_matrix/client/v3/login", login | body)

    async def person(self, username: str = "alice", **body: object) -> Person:
        """Somebody who has just registered."""
        reply = await self.register(username, **body)
        assert reply.status == 200, reply.body
        return self.signed_in(reply)

    def signed_in(self, reply: Reply) -> Person:
        """Whoever got this reply to a registration or a login."""
        return Person(self.app, reply.json["user_id"], reply.json["device_id"], reply.json["access_token"])

    def listen(self, told: Callable[[Change], None]) -> None:
        """Every change from now on is told as it is committed."""

        def publish(announcements: Sequence[object]) -> None:
            for change in announcements:
                assert isinstance(change, Change)
                told(change)
            self.changes.publish(announcements)

        self._database.on_commit = publish

    async def count(self, sql: str) -> int:
        """The one number this query gives."""
        row = await self._database.one(Query(sql))
        assert row is not None
        return int(row[0])

    async def dump(self, table: str) -> str:
        """All that a table holds, as text, bytes in hexadecimal."""
        rows = await self._database.all(Query(f"SELECT * FROM {table}"))
        return "\n".join(" ".join(_shown(value) for value in row) for row in rows)


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
