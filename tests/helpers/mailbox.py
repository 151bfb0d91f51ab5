"""A mail server of the test's own, which keeps what it is given."""

import asyncio
import email.policy
import re
from email import message_from_bytes
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.smtp import SMTP

LINK = re.compile(r"https://\S+")


class MailServer:
    """Takes mail on a free port; `refuses` makes it take none."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuses = False

    async def __aenter__(self) -> Self:
        def connected() -> SMTP:
            return SMTP(self, enable_SMTPUTF8=True, loop=asyncio.get_running_loop())

        self._server = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    @property
    def port(self) -> int:
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        """What aiosmtpd calls for each mail."""
        if self.refuses:
            return "554 no"
        message = message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"

    def texts(self, to: str) -> list[str]:
        """The texts of the mails to this address, oldest first."""
        return [message.get_content() for message in self.messages if message["To"] == to.casefold()]

    def link(self, to: str) -> str:
        """The link in the newest mail to this address."""
        found = LINK.search(self.texts(to)[-1])
        assert found is not None, "there is no link in the mail"
        return found[0]


def fields_of(link: str) -> dict[str, str]:
    """What a link says after its question mark."""
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
