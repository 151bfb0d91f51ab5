"""uvicorn, set up for us: bounded request heads, waits that end when the client leaves, an orderly stop."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# uvicorn bounds neither with its fast parser.
HEAD_LIMIT_BYTES = 32 * 1024
HEADERS_LIMIT = 100

# Longer than a person pauses between two messages, so that the next one finds the connection open.
KEEP_ALIVE_S = 75
# Below the 5 s in which the whole program has to be gone.
STOP_TIMEOUT_S = 3


class HeadTooLarge(Exception):
    """The request line and headers are more than this server reads."""


class _Pipeline(list[Any]):
    """Requests that came before the one ahead of them was answered. An empty deque costs 0.7 kB, and most are empty."""

    def appendleft(self, waiting: Any) -> None:
        self.insert(0, waiting)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's connection, with a bound on the head of a request and word of the client's leaving."""

    # In slots, because an instance with more than 30 attributes in its dict shares no keys with the others: 1 kB each.
    __slots__ = ("_head_bytes", "_in_head", "waiting")

    waiting: asyncio.Task[None] | None
    _in_head: bool
    _head_bytes: int

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.waiting, self._in_head, self._head_bytes = None, False, 0
        self.pipeline = _Pipeline()  # type: ignore[assignment]
        # An access log would hold people's tokens and ids.
        self.access_log = False

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["sottovoce.connection"] = self  # type: ignore[typeddict-unknown-key]
        self._in_head = True
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        if len(self.headers) > HEADERS_LIMIT:
            raise HeadTooLarge
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_LIMIT_BYTES:
                self.send_400_response("The head of the request is too large.")

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.waiting is not None:
            waiting, self.waiting = self.waiting, None
            waiting.cancel()


class HttpServer(uvicorn.Server):
    """Serves until SIGINT or SIGTERM; then `on_stopping` lets whoever waits be answered, and `serve` returns."""

    def __init__(self, config: uvicorn.Config, on_stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stopping = on_stopping

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        """Stop listening, answer what is under way, close."""
        self._on_stopping()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Turn the signals into an orderly stop; unlike uvicorn's own, without raising them again afterwards."""
        loop = asyncio.get_running_loop()
        stopping = (signal.SIGINT, signal.SIGTERM)
        for number in stopping:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in stopping:
                loop.remove_signal_handler(number)


def server_config(
    app: Callable[..., Any],
    host: str,
    port: int,
    tls_certificate: Path | None = None,
    tls_key: Path | None = None,
) -> uvicorn.Config:
    """How uvicorn is to serve this application."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedProtocol,
        ws="none",
        loop="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
        ssl_certfile=tls_certificate,
        ssl_keyfile=tls_key,
    )
