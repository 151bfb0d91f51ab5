"""Serving: from settings to a listening server and to its orderly end."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog
import uvloop

from sottovoce.app.build import App
from sottovoce.app.settings import Settings
from sottovoce.http.server import HttpServer, server_config
from sottovoce.infra.folder_lock import FolderLock

log = structlog.get_logger()


def serve(settings: Settings, announce: Callable[[str, str | None], None]) -> None:
    """Serve until SIGINT or SIGTERM.

    announce: told once where the app is to be opened, and the setup code if nobody has an account yet.
    Raises DatabaseUnusable, FolderInUse, OSError (folder, port), BadServerName, ServerNameFixed.
    """
    folder = Path(settings.data)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FolderLock(folder)
    lock.acquire()
    try:
        uvloop.run(_serve(settings, announce))
    finally:
        lock.release()


async def _serve(settings: Settings, announce: Callable[[str, str | None], None]) -> None:
    app = App(settings)
    await app.start()
    try:
        tls = [Path(file) if file else None for file in (settings.tls_cert, settings.tls_key)]
        config = server_config(app.http, settings.host, settings.port, *tls)
        server = HttpServer(config, app.close_waits)
        listening = config.bind_socket()
        code = await app.base.accounts.setup.begin()
        announce(address_of(settings, listening.getsockname()[1]), code)
        await server.serve([listening])
    finally:
        await app.stop()


def address_of(settings: Settings, port: int) -> str:
    """Where a browser finds the server."""
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    scheme = "http" if settings.tls_cert is None else "https"
    host = "localhost" if settings.host in ("127.0.0.1", "::1", "0.0.0.0", "::") else settings.host  # noqa: S104
    return f"{scheme}://{host}:{port}"
