"""An app service: its registration, and what it says to a server."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from tests.helpers.people import Person, texts
from tests.helpers.server import SERVER_NAME, RunningServer
from tests.helpers.web_server import Asked, WebServer

AS_TOKEN = "a-token-of-the-bridge"
HS_TOKEN = "a-token-of-the-server"


def written(folder: Path, **changes: object) -> Path:
    """A registration file of a bridge to IRC, with these changes."""
    registration: dict[str, object] = {
        "id": "irc",
        "url": None,
        "as_token": AS_TOKEN,
        "hs_token": HS_TOKEN,
        "sender_localpart": "ircbot",
        "rate_limited": False,
        "namespaces": {
            "users": [{"exclusive": True, "regex": "@_irc_.*"}],
            "aliases": [{"exclusive": True, "regex": "#_irc_.*"}],
            "rooms": [],
        },
    }
    registration |= changes
    file = folder / f"{registration['id']}.json"
    file.write_bytes(msgspec.json.encode({name: value for name, value in registration.items() if value is not ...}))
    return file


class Ghost(Person):
    """A user of an app service, which speaks for it: on a device only if it names one."""

    def __init__(self, server: RunningServer, user_id: str | None, device_id: str | None = None) -> None:
        super().__init__(server.app.http, user_id or "", device_id or "", AS_TOKEN)
        self._acting = {"user_id": user_id, "device_id": device_id}

    async def request(self, method: str, path: str, **options: Any) -> Any:
        acting = {name: value for name, value in self._acting.items() if value}
        options["query"] = acting | (options.get("query") or {})
        return await super().request(method, path, **options)


async def ghost(server: RunningServer, name: str, device_id: str | None = None) -> Ghost:
    """A new user of the app service, and a device of theirs if one is named."""
    bot = Ghost(server, None)
    await bot.done("POST", "register", {"type": "m.login.application_service", "username": name, "inhibit_login": True})
    made = Ghost(server, f"@{name}:{SERVER_NAME}")
    if device_id is not None:
        reply = await made.put(f"devices/{device_id}", {"display_name": "Bridge"})
        assert reply.status == 201
    return Ghost(server, made.user_id, device_id)


class Bridge(WebServer):
    """An app service that listens for what a server tells it, and takes all of it unless `answering` says otherwise."""

    homeserver: RunningServer

    def __init__(self) -> None:
        super().__init__()
        self.wishes: dict[str, object] = {"receive_ephemeral": True, "org.matrix.msc3202": True}
        self.making: Callable[[], Awaitable[object]] | None = None
        """Makes what is asked for, before the answer."""

    @property
    def transactions(self) -> list[Asked]:
        """The transactions that came, again ones too."""
        return [asked for asked in self.asked if "/transactions/" in asked.path]

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events told, in order, those of transactions that came again once."""
        told = {asked.path.rpartition("/")[2]: asked.json["events"] for asked in self.transactions}
        return [event for events in told.values() for event in events]

    @property
    def texts(self) -> list[str]:
        return texts(self.events)

    async def prepare(self, asked: Asked) -> None:
        """What is asked for is made, once."""
        if self.making is not None and ("/users/" in asked.path or "/rooms/" in asked.path):
            making, self.making = self.making, None
            await making()

    async def until(self, happened: Callable[[], object]) -> None:
        """What was told makes this true."""
        while not happened():
            await self.heard(len(self.asked) + 1)
