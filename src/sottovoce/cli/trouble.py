"""What a command cannot go on after, in one line for whoever gave it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sottovoce.app.archive import CannotRestore
from sottovoce.app.commands import CommandRefused
from sottovoce.app.serve import BadCertificate, CannotListen
from sottovoce.domains.accounts.model import BadServerName, ServerNameFixed
from sottovoce.infra.db.model import DatabaseUnusable
from sottovoce.infra.folder_lock import FolderInUse


class Trouble(Exception):
    """The command was not done; the text says why."""


@contextmanager
def in_words() -> Iterator[None]:
    """What goes wrong inside is raised as Trouble, where it is something that happens to people."""
    try:
        yield
    except ServerNameFixed as error:
        raise Trouble(
            f"this server is called {error.stored} for good, and cannot be started as {error.asked}: everybody's "
            f"address ends in {error.stored}. Leave the name out, or use another data folder for another server"
        ) from error
    except (BadCertificate, CannotRestore, CommandRefused, DatabaseUnusable, FolderInUse, BadServerName) as error:
        raise Trouble(str(error)) from error
    except CannotListen as error:
        raise Trouble(f"{error.strerror}; --host and --port choose another place") from error
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        raise Trouble(f"cannot use{where}: {error.strerror or error}") from error
