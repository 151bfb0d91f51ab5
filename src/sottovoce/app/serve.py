"""Serving: from settings to a listening server and to its orderly end."""

import gc
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import structlog
import uvloop
from uvicorn import Config

from sottovoce import __version__
from sottovoce.app import commands
from sottovoce.app.build import App
from sottovoce.app.measure import measured
from sottovoce.app.settings import Settings
from sottovoce.http.app import HttpApp
from sottovoce.http.measured import MeasuredApp
from sottovoce.http.server import HttpServer, server_config
from sottovoce.infra.folder_lock import FolderLock
from sottovoce.infra.metrics_listener import listen_for_metrics

log = structlog.get_logger()

Served = HttpApp | MeasuredApp

_BACKLOG_CONNECTIONS = 2048
GARBAGE_THRESHOLDS = (10_000, 20, 20)
"""Objects made before a look for cycles, and looks before deeper ones. Requests leave few; 5 to 10 % quicker so."""
_EVERYWHERE = ("127.0.0.1", "::1", "0.0.0.0", "::")  # noqa: S104 - recognised here, not listened on


class BadCertificate(Exception):
    """The files for https cannot be used; the text is one line."""


class CannotListen(OSError):
    """The port or address is not to be had."""


def serve(settings: Settings, announce: Callable[[str, str | None], None]) -> None:
    """Serve until SIGINT or SIGTERM.

    announce: told once where the app is to be opened, and the setup code if nobody has an account yet.
    Raises BadCertificate, DatabaseUnusable, FolderInUse, OSError (folder, port), BadServerName, ServerNameFixed.
    """
    folder = Path(settings.data)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FolderLock(folder)
    lock.acquire()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    try:
        uvloop.run(_serve(settings, folder, announce))
    finally:
        lock.release()


async def _serve(settings: Settings, folder: Path, announce: Callable[[str, str | None], None]) -> None:
    app = App(settings)
    listening = _listening(settings.host, settings.port)
    try:
        async with AsyncExitStack() as until_the_end:
            until_the_end.push_async_callback(app.stop)
            served = await _measured(app, settings, until_the_end)
            server = HttpServer(_configured(served, settings), app.close_waits)
            await app.start()
            commanded = await commands.listen(folder, app)
            until_the_end.callback(commanded.close)
            code = await app.base.accounts.setup.begin()
            log.info("server.started", version=__version__, database=app.base.database.engine)
            announce(address_of(settings, listening.getsockname()[1]), code)
            await server.serve([listening])
        log.info("server.stopped")
    finally:
        listening.close()


async def _measured(app: App, settings: Settings, until_the_end: AsyncExitStack) -> Served:
    """What is to be served: the app, watched if there is a port to show its metrics on."""
    if settings.metrics_port is None:
        return app.http
    served, text = measured(app)
    shown = await listen_for_metrics(_listening(settings.host, settings.metrics_port), text)
    until_the_end.callback(shown.close)
    return served


def _configured(served: Served, settings: Settings) -> Config:
    tls = [Path(file) if file else None for file in (settings.tls_cert, settings.tls_key)]
    config = server_config(served, settings.host, settings.port, *tls)
    try:
        config.load()
    except OSError as cause:
        reason = cause.strerror if type(cause) is FileNotFoundError or not cause.args else str(cause)
        raise BadCertificate(f"cannot use {settings.tls_cert} with {settings.tls_key} for https: {reason}") from cause
    return config


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as cause:
        listening.close()
        raise CannotListen(cause.errno, f"cannot listen on {host} port {port}: {cause.strerror}") from cause
    listening.listen(_BACKLOG_CONNECTIONS)
    return listening


def address_of(settings: Settings, port: int) -> str:
    """Where a browser finds the server."""
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    scheme = "http" if settings.tls_cert is None else "https"
    host = "localhost" if settings.host in _EVERYWHERE else settings.host
    return f"{scheme}://{host}:{port}"
