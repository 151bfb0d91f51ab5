"""A whole server in the test's own process, on a fresh SQLite file."""

from pathlib import Path

from sottovoce.domains.accounts.model import AccountSettings, NewAccount, SignIn
from sottovoce.domains.accounts.feed import AccountDataFeed
from sottovoce.domains.accounts.service import Accounts
from sottovoce.domains.accounts.store import SqlAccountStore
from sottovoce.domains.changes.service import Changes
from sottovoce.domains.changes.store import Positions
from sottovoce.domains.rooms.feed import RoomsFeed
from sottovoce.domains.rooms.service import Memory, Rooms, Surroundings, Tools
from sottovoce.domains.rooms.store import RoomRows
from sottovoce.domains.sync.service import Sync
from sottovoce.http.app import HttpApp
from sottovoce.http.client import room_create, room_membership, room_read, room_send, sync, versions
from sottovoce.http.limits import Limits
from sottovoce.http.routing import Router
from sottovoce.infra.clock import SystemClock
from sottovoce.infra.db.sqlite import SqliteDatabase
from sottovoce.infra.ids import Ids
from sottovoce.protocol.room_versions import room_version
from sottovoce.protocol.signing import Signer
from sottovoce.protocol.tokens import TokenSealer
from tests.helpers.people import Person

PASSWORD = "a password of many words"


class QuickPasswords:
    async def hash(self, password):
        return "quick:" + password

    async def verify(self, password, password_hash):
        return password_hash == "quick:" + password


class NoAliases:
    def __init__(self):
        self.book = {}

    async def find(self, alias):
        return self.book.get(alias)

    def claim(self, batch, alias, room_id, creator):
        self.book[alias] = room_id


class Nothing:
    def stopped(self, room_id, user_id):
        pass

    def seen(self, user_id, device_id, state, waiting_ms=0):
        pass


class RunningServer:
    """A server that answers requests; `person` makes people."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def start(self) -> None:
        clock, ids = SystemClock(), Ids()
        self.database = database = SqliteDatabase(self._folder / "test.db")
        await database.start()
        self.changes = changes = Changes(Positions(database, "main"))
        database.on_commit = changes.publish
        await changes.start()
        store = SqlAccountStore(database)
        self.accounts = accounts = Accounts(
            database, store, QuickPasswords(), changes, clock, ids, AccountSettings(registration="open")
        )
        await accounts.start()
        identity = await accounts.identity.establish("test")
        signer = Signer(identity.name, identity.signing_key_id, identity.signing_key_seed)
        sealer = TokenSealer(identity.sealing_key)
        rows = RoomRows(database)
        tools = Tools(rows, Memory(rows), changes, database, signer, clock)
        around = Surroundings(identity.name, room_version("12"), sealer, accounts, NoAliases(), Nothing(), ids)
        self.rooms = rooms = Rooms(tools, around)
        feeds = [RoomsFeed(rooms, clock), AccountDataFeed(store)]
        self.sync = Sync(changes, feeds, sealer, Nothing(), clock)
        routes = [
            *room_create.routes(rooms),
            *room_membership.routes(rooms),
            *room_read.routes(rooms),
            *room_send.routes(rooms),
            *sync.routes(self.sync, accounts.filters.find),
            *versions.routes(lambda: "http://test", "12", ["10", "11", "12"]),
        ]
        self.app = HttpApp(Router(routes), accounts, Limits({}, clock.monotonic_s))

    async def stop(self) -> None:
        self.changes.close()
        await self.database.stop()

    async def person(self, name: str, device_id: str | None = None) -> Person:
        """Somebody with a new account, signed in on one device."""
        account = NewAccount(username=name, password=PASSWORD, display_name=name.capitalize())
        user_id, signed_in = await self.accounts.users.create(account, SignIn(device_id=device_id))
        assert signed_in is not None
        return Person(self.app, user_id, signed_in.device_id, signed_in.access_token)
