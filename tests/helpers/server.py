"""A whole server in the test's own process, on a SQLite file in its folder or on the database it is given."""

import asyncio
from pathlib import Path

from sottovoce.app.build import App
from sottovoce.app.settings import Settings
from sottovoce.domains.accounts.model import NewAccount, Profile, SignIn, User
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch
from sottovoce.protocol.ids import ServerName, UserId, user_id
from tests.helpers.people import Person

SERVER_NAME = ServerName("test")


class RunningServer:
    """A server that answers requests. Its settings are the program's own, but for those given."""

    app: App

    def __init__(self, folder: Path, clock: Clock | None = None, **settings: object) -> None:
        mine: dict[str, object] = {"data": str(folder), "server_name": SERVER_NAME, "rate_limits": "off"}
        self._settings = Settings(**(mine | settings))  # type: ignore[arg-type]
        self._clock = clock

    async def start(self) -> None:
        """The server answers, with what it has stored."""
        self.app = App(self._settings, self._clock)
        await self.app.start()

    async def stop(self) -> None:
        """Everything written is durable and nothing runs."""
        await self.app.stop()

    async def settle(self) -> None:
        """What was begun in the background is done."""
        while jobs := self.app.base.tasks._jobs:
            await asyncio.wait(jobs)

    async def person(self, name: str, device_id: str | None = None, *, is_admin: bool = False) -> Person:
        """Somebody with a new account that no password opens, signed in on one device."""
        base = self.app.base
        person = user_id(name, SERVER_NAME)
        batch = Batch()
        base.account_rows.add_user(batch, User(person, None, is_admin, base.clock.now_ms(), None))
        base.account_rows.add_profile(batch, person, Profile(name.capitalize(), None))
        signed_in = base.accounts.sessions.begin(batch, person, SignIn(device_id=device_id))
        await base.accounts.sessions.commit(batch, person)
        return Person(self.app.http, person, signed_in.device_id, signed_in.access_token)

    async def another_device(self, person: Person) -> Person:
        """The same person on a second device."""
        sessions = self.app.base.accounts.sessions
        batch = Batch()
        signed_in = sessions.begin(batch, user_id(person.user_id[1:].split(":")[0], SERVER_NAME), SignIn())
        await sessions.commit(batch, signed_in.user_id)
        return Person(self.app.http, signed_in.user_id, signed_in.device_id, signed_in.access_token)

    async def signs_in_again(self, person: Person) -> Person:
        """The person on a device of the same name, after they signed out."""
        sessions = self.app.base.accounts.sessions
        batch = Batch()
        signed_in = sessions.begin(batch, UserId(person.user_id), SignIn(device_id=person.device_id))
        await sessions.commit(batch, signed_in.user_id)
        return Person(self.app.http, signed_in.user_id, signed_in.device_id, signed_in.access_token)

    async def person_with_password(self, name: str, password: str) -> Person:
        """Somebody with a new account, signed in on one device."""
        account = NewAccount(username=name, password=password)
        _, signed_in = await self.app.base.accounts.users.create(account, SignIn())
        assert signed_in is not None
        return Person(self.app.http, signed_in.user_id, signed_in.device_id, signed_in.access_token)
