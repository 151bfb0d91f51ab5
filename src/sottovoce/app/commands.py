"""What whoever runs the server may tell it from the command line, whether it is running or not.

A command is an operation of the administration API. A running server owns its data, so it does these things itself: it
listens on a socket in its data folder, which only the folder's owner can reach. One request, one answer, each a line of
JSON.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import structlog

from sottovoce.app.build import App
from sottovoce.app.settings import Settings
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.errors import answer_to
from sottovoce.http.query import QueryArgs
from sottovoce.http.sottovoce.admin import Operation
from sottovoce.infra.folder_lock import FolderInUse, FolderLock

SOCKET_FILE = "control"
LINE_LIMIT_BYTES = 8 * 1024 * 1024
ANSWER_WITHIN_S = 120

log = structlog.get_logger()


class Command(msgspec.Struct, frozen=True):
    """An operation by its name, with what stands in its path, its query and its body."""

    operation: str
    path: dict[str, str] = {}
    query: dict[str, str] = {}
    body: dict[str, object] = {}


NOTHING = msgspec.Raw()


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """The operation's answer, or why it was not done."""

    answer: msgspec.Raw = NOTHING
    refusal: str | None = None


class CommandRefused(Exception):
    """The command makes no sense for this server; the text is one line for whoever gave it."""


Answer = Mapping[str, Any]
_decode_command = msgspec.json.Decoder(Command).decode
_decode_outcome = msgspec.json.Decoder(Outcome).decode


async def carry_out(app: App, command: Command) -> Outcome:
    """The command was done, or refused."""
    if app.messenger is None:
        return Outcome(refusal="this server has no name yet: give one with --server-name, or open the setup page first")
    operation = next(
        (each for each in app.messenger.administration.operations() if each.name == command.operation), None
    )
    if operation is None:
        return Outcome(refusal="the running server does not know this command: is it of another version?")
    try:
        answer = await operation.handler(_call(operation, command))
    except Exception as error:
        refused = answer_to(error)
        if refused is None:
            raise
        told = _body(refused)
        name = command.body.get("name")
        about = [*command.path.values(), *([name] if isinstance(name, str) else [])]
        return Outcome(refusal=": ".join([*about, str(msgspec.json.decode(told)["error"])]))
    assert isinstance(answer, Json), "operations answer with JSON"
    return Outcome(answer=msgspec.Raw(_body(answer)))


async def give(settings: Settings, command: Command) -> Answer:
    """The command is done, by the running server if there is one; its answer.

    Raises CommandRefused, DatabaseUnusable, OSError.
    """
    folder = Path(settings.data)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FolderLock(folder)
    try:
        lock.acquire()
    except FolderInUse:
        return _told(await _ask_running(folder, command))
    try:
        return _told(await _do_here(settings, command))
    finally:
        lock.release()


async def listen(folder: Path, app: App) -> asyncio.Server:
    """Commands are taken on the folder's socket until the server returned is closed."""
    path = folder / SOCKET_FILE
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(_answering(app), path, limit=LINE_LIMIT_BYTES)
    path.chmod(0o600)
    return server


def _call(operation: Operation, command: Command) -> Call:
    query = QueryArgs(urlencode(command.query).encode())
    body = b"" if operation.body is None else msgspec.json.encode(command.body)
    return Call(operation.method, command.path, query, [], "", None, body)


def _body(answer: Json) -> bytes:
    return answer.body if isinstance(answer.body, bytes) else msgspec.json.encode(answer.body)


def _told(outcome: Outcome) -> Answer:
    if outcome.refusal is not None:
        raise CommandRefused(outcome.refusal)
    answer: Answer = msgspec.json.decode(outcome.answer)
    return answer


def _answering(app: App) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            command = _decode_command(await reader.readline())
            outcome = await carry_out(app, command)
            is_done = outcome.refusal is None
            log.info("command.taken", command=command.operation, on=" ".join(command.path.values()), is_done=is_done)
        except (msgspec.MsgspecError, ValueError):
            outcome = Outcome(refusal="the running server does not know this command: is it of another version?")
        writer.write(msgspec.json.encode(outcome) + b"\n")
        await writer.drain()
        writer.close()

    return answer


async def _ask_running(folder: Path, command: Command) -> Outcome:
    try:
        reader, writer = await asyncio.open_unix_connection(folder / SOCKET_FILE, limit=LINE_LIMIT_BYTES)
    except OSError as cause:
        raise CommandRefused(f"a server runs on {folder} but does not listen: try again in a moment") from cause
    try:
        writer.write(msgspec.json.encode(command) + b"\n")
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return _decode_outcome(await reader.readline())
    except (TimeoutError, ValueError, msgspec.MsgspecError) as cause:
        raise CommandRefused("the running server did not answer") from cause
    finally:
        writer.close()


async def _do_here(settings: Settings, command: Command) -> Outcome:
    app = App(settings)
    try:
        await app.start()
        return await carry_out(app, command)
    finally:
        await app.stop()
