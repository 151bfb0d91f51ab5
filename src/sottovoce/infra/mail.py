"""Mail, handed to the server that whoever runs this one named."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from email.message import EmailMessage

MailSecurity = Literal["starttls", "tls", "off"]

ANSWER_WITHIN_S = 20.0
AT_ONCE = 4
MAX_WAITING = 100


class MailServer(NamedTuple):
    """Where mail is handed in, and in whose name."""

    host: str
    port: int
    sender: str
    security: MailSecurity = "starttls"
    user: str | None = None
    password: str | None = None


class MailFailed(Exception):
    """The mail was not taken; the text says why, without naming anybody."""


class Mail:
    """Sends texts. The library is loaded with the first one."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def send(self, to: str, subject: str, text: str) -> None:
        """The mail server has taken it. Raises MailFailed."""
        if self._waiting >= MAX_WAITING:
            raise MailFailed("too many mails are waiting")
        self._waiting += 1
        try:
            async with self._turns:
                await self._send(_message(self._server.sender, to, subject, text))
        finally:
            self._waiting -= 1

    async def _send(self, message: EmailMessage) -> None:
        import aiosmtplib  # noqa: PLC0415 - only servers that send mail need it

        server = self._server
        try:
            await aiosmtplib.send(
                message,
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                use_tls=server.security == "tls",
                start_tls=server.security == "starttls",
                timeout=ANSWER_WITHIN_S,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as cause:
            raise MailFailed(type(cause).__name__) from cause


def _message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    from email.message import EmailMessage  # noqa: PLC0415 - as above

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message
