"""A listener of its own for metrics, so that no proxy in front of the server can show them to the world."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

HEAD_LIMIT_BYTES = 8 * 1024
HEAD_WITHIN_S = 5.0

_CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


async def listen_for_metrics(listening: socket.socket, text: Callable[[], bytes]) -> asyncio.Server:
    """GET /metrics is answered with `text()` until the server returned here is closed."""
    return await asyncio.start_server(_answering(text), sock=listening, limit=HEAD_LIMIT_BYTES)


def _answering(
    text: Callable[[], bytes],
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEAD_WITHIN_S):
                head = await reader.readuntil(b"\r\n\r\n")
            writer.write(_answer(head, text))
            await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # whoever asks so gets no answer
        finally:
            writer.close()

    return answer


def _answer(head: bytes, text: Callable[[], bytes]) -> bytes:
    words = head.split(b" ", 2)
    if words[:1] != [b"GET"] or words[1:2] != [b"/metrics"]:
        return _framed(b"404 Not Found", b"Metrics are at /metrics.\n")
    return _framed(b"200 OK", text())


def _framed(status: bytes, body: bytes) -> bytes:
    fields = (b"content-type: " + _CONTENT_TYPE, b"content-length: %d" % len(body), b"connection: close")
    return b"\r\n".join((b"HTTP/1.1 " + status, *fields, b"", body))
