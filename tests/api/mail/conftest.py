"""A server that sends mail, and the mail server it hands it to."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.asgi import AsgiClient, Reply
from tests.helpers.mailbox import MailServer, fields_of
from tests.helpers.server import RunningServer

SECRET = "monkeys_are_GREAT"
CONFIRM = "/_sottovoce/v1/email/confirm"


class Post:
    """A server, its mail, and what people do with both. Paths are below the client API."""

    def __init__(self, server: RunningServer, mail: MailServer) -> None:
        self.server = server
        self.mail = mail
        self.client = AsgiClient(server.app.http)

    async def ask(self, path: str, email: str = "anna@example.org", **body: object) -> Reply:
        """Ask that a link be sent."""
        whole = {"client_secret": SECRET, "email": email, "send_attempt": 1} | body
        return await self.client.post(f"/_matrix/client/v3/{path}/email/requestToken", whole)

    async def asked(self, path: str, email: str = "anna@example.org", **body: object) -> dict[str, str]:
        """The credentials of an address for which a link was sent."""
        reply = await self.ask(path, email, **body)
        assert reply.status == 200, reply.body
        return {"sid": reply.json["sid"], "client_secret": SECRET}

    async def open(self, link: str) -> Reply:
        """Open a link and press the button."""
        fields = fields_of(link)
        body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
        return await self.client.post(CONFIRM, body=body)

    async def proven(self, path: str, email: str = "anna@example.org", **body: object) -> dict[str, str]:
        """The credentials of an address whose link was opened."""
        credentials = await self.asked(path, email, **body)
        assert (await self.open(self.mail.link(email))).status == 200
        return credentials


NewPost = Callable[..., Any]


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with MailServer() as mail:
        yield mail


@pytest.fixture
def mail_settings(mail: MailServer) -> dict[str, object]:
    """The settings of a server that sends mail and lets everybody register."""
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": mail.port,
        "smtp_tls": "off",
        "smtp_from": "Sottovoce <chat@example.org>",
        "public_url": "https://chat.example.org",
        "registration": "open",
    }


@pytest.fixture
async def post(
    tmp_path: Path, new_database: Callable[[], str | None], mail: MailServer, mail_settings: dict[str, object]
) -> AsyncIterator[Post]:
    server = RunningServer(tmp_path, None, database=new_database(), **mail_settings)
    await server.start()
    yield Post(server, mail)
    await server.stop()
