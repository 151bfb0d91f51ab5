"""The mail server that the settings name."""

from pathlib import Path

from sottovoce.app.settings import Settings
from sottovoce.infra.mail import Mail, MailServer


def mail_of(settings: Settings) -> Mail | None:
    """Where mail is handed in; None if the server sends none. Raises OSError if the password cannot be read."""
    if settings.smtp_host is None or settings.smtp_from is None:
        return None
    password = None if settings.smtp_password_file is None else Path(settings.smtp_password_file).read_text().strip()
    return Mail(
        MailServer(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_from,
            settings.smtp_tls,
            settings.smtp_user,
            password,
        )
    )
