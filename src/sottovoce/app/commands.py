"""What whoever runs the server may tell it from the command line, whether it is running or not.

A running server owns its data, so it does these things itself: it listens on a socket in its data folder, which only
the folder's owner can reach. One request, one answer, each a line of JSON.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import structlog

from sottovoce.app.build import App
from sottovoce.app.settings import Settings
from sottovoce.domains.accounts.model import (
    BadUsername,
    InvalidValue,
    MissingValue,
    NewAccount,
    NotSetUp,
    ProfileNotFound,
    TooManyAttempts,
    UserInUse,
    WeakPassword,
)
from sottovoce.domains.accounts.service import Accounts
from sottovoce.infra.folder_lock import FolderInUse, FolderLock
from sottovoce.protocol.ids import UserId, user_id

SOCKET_FILE = "control"
LINE_LIMIT_BYTES = 64 * 1024
ANSWER_WITHIN_S = 30

_REFUSALS = (
    BadUsername,
    InvalidValue,
    MissingValue,
    NotSetUp,
    ProfileNotFound,
    TooManyAttempts,
    UserInUse,
    WeakPassword,
)

log = structlog.get_logger()


class AddUser(msgspec.Struct, tag="user.add", frozen=True):
    """Create an account."""

    name: str
    password: str
    is_admin: bool


class ResetPassword(msgspec.Struct, tag="user.reset-password", frozen=True):
    """Give an account another password and sign all its devices out."""

    name: str
    password: str


class Outcome(msgspec.Struct, frozen=True):
    """Who it was done for, or why it was not done."""

    user_id: str | None = None
    refusal: str | None = None


class CommandRefused(Exception):
    """The command makes no sense for this server; the text is one line for whoever gave it."""


_Command = AddUser | ResetPassword
_decode_command = msgspec.json.Decoder(_Command).decode


async def carry_out(accounts: Accounts, command: _Command) -> UserId:
    """The command is done; whom it concerned. Raises CommandRefused."""
    try:
        if isinstance(command, AddUser):
            account = NewAccount(username=command.name, password=command.password, is_admin=command.is_admin)
            created, _ = await accounts.users.create(account)
            return created
        person = UserId(command.name)
        if not command.name.startswith("@"):
            person = user_id(command.name, accounts.identity.name)
        await accounts.users.change_password(person, command.password)
    except _REFUSALS as refused:
        raise CommandRefused(f"{command.name}: {refused}") from refused
    return person


async def give(settings: Settings, command: _Command) -> UserId:
    """The command is done, by the running server if there is one. Raises CommandRefused, DatabaseUnusable, OSError."""
    folder = Path(settings.data)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FolderLock(folder)
    try:
        lock.acquire()
    except FolderInUse:
        return await _ask_running(folder, command)
    try:
        return await _do_here(settings, command)
    finally:
        lock.release()


async def listen(folder: Path, accounts: Accounts) -> asyncio.Server:
    """Commands are taken on the folder's socket until the server returned is closed."""
    path = folder / SOCKET_FILE
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(_answering(accounts), path, limit=LINE_LIMIT_BYTES)
    path.chmod(0o600)
    return server


def _answering(accounts: Accounts) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            command = _decode_command(await reader.readline())
            outcome = Outcome(user_id=await carry_out(accounts, command))
            log.info("command.done", command=type(command).__name__, user=outcome.user_id)
        except CommandRefused as refused:
            outcome = Outcome(refusal=str(refused))
        except (msgspec.MsgspecError, ValueError):
            outcome = Outcome(refusal="the running server does not know this command: is it of another version?")
        writer.write(msgspec.json.encode(outcome) + b"\n")
        await writer.drain()
        writer.close()

    return answer


async def _ask_running(folder: Path, command: _Command) -> UserId:
    try:
        reader, writer = await asyncio.open_unix_connection(folder / SOCKET_FILE, limit=LINE_LIMIT_BYTES)
    except OSError as cause:
        raise CommandRefused(f"a server runs on {folder} but does not listen: try again in a moment") from cause
    try:
        writer.write(msgspec.json.encode(command) + b"\n")
        async with asyncio.timeout(ANSWER_WITHIN_S):
            outcome = msgspec.json.decode(await reader.readline(), type=Outcome)
    except (TimeoutError, msgspec.MsgspecError) as cause:
        raise CommandRefused("the running server did not answer") from cause
    finally:
        writer.close()
    if outcome.refusal is not None or outcome.user_id is None:
        raise CommandRefused(outcome.refusal or "the running server did not answer")
    return UserId(outcome.user_id)


async def _do_here(settings: Settings, command: _Command) -> UserId:
    # The whole program, not its foundation alone: what is done to an account concerns others who keep things for it.
    app = App(settings)
    base = app.base
    try:
        await app.start()
        if not base.accounts.identity.is_established:
            raise CommandRefused(
                "this server has no name yet: give one with --server-name, or open the setup page first"
            )
        return await carry_out(base.accounts, command)
    finally:
        await app.stop()
