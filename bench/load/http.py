"""A keep-alive HTTP/1.1 client that costs a few microseconds per request.

One request at a time per connection, the others wait their turn.
It knows what the measured servers answer with: a length or chunks; nothing else.
"""

import asyncio
from typing import NamedTuple, cast

HOST = "127.0.0.1"


class ConnectionLost(Exception):
    """The server closed the connection before a whole answer came."""


class Answer(NamedTuple):
    """A whole response. The body is as it came: compressed if the server compressed it."""

    status: int
    body: bytes
    is_gzip: bool


class Connection(asyncio.Protocol):
    """One connection to the measured server; reconnects by itself when the server had closed it."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port = port
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        self._head = f" HTTP/1.1\r\nHost: {HOST}:{port}\r\n{authorization}".encode()
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._answer: asyncio.Future[Answer] | None = None
        self._reading = _Reading()
        self._turn = asyncio.Lock()

    async def request(self, method: str, target: str, body: bytes = b"", *, gzip: bool = False) -> Answer:
        """Send one request and wait for its whole answer; a stale connection is replaced once."""
        async with self._turn:
            try:
                return await self._exchange(method, target, body, gzip=gzip)
            except ConnectionLost:
                return await self._exchange(method, target, body, gzip=gzip)

    def close(self) -> None:
        """Drop the connection; a waiting request fails."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    async def _exchange(self, method: str, target: str, body: bytes, *, gzip: bool) -> Answer:
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            await loop.create_connection(lambda: self, HOST, self._port)
        assert self._transport is not None
        self._buffer.clear()
        self._reading = _Reading()
        self._answer = loop.create_future()
        accept = b"Accept-Encoding: gzip\r\n" if gzip else b""
        kind = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body) if method != "GET" else b""
        self._transport.write(b"%s %s%s%s%s\r\n%s" % (method.encode(), target.encode(), self._head, accept, kind, body))
        return await self._answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # uvloop's transports are not registered as asyncio's, though they are the same thing.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the waiting request."""
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionLost(str(exc)))

    def data_received(self, data: bytes) -> None:
        """Collect; answer the waiting request when its response is whole."""
        self._buffer += data
        answer = self._reading.whole_answer(self._buffer)
        if answer is not None and self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)


class _Reading:
    """How far one response has been understood."""

    def __init__(self) -> None:
        self._status = 0
        self._body_start = 0
        self._length: int | None = None
        self._is_gzip = False
        self._chunks: list[bytes] = []
        self._next_chunk = 0

    def whole_answer(self, buffer: bytearray) -> Answer | None:
        if not self._status and not self._read_head(buffer):
            return None
        if self._length is None:
            return self._read_chunks(buffer)
        end = self._body_start + self._length
        if len(buffer) < end:
            return None
        return Answer(self._status, bytes(buffer[self._body_start : end]), self._is_gzip)

    def _read_head(self, buffer: bytearray) -> bool:
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(buffer[:end]).lower()
        self._status = int(head[9:12])
        self._body_start = self._next_chunk = end + 4
        self._is_gzip = b"\r\ncontent-encoding: gzip" in head
        if b"\r\ntransfer-encoding: chunked" not in head:
            _, found, after = head.partition(b"\r\ncontent-length:")
            self._length = int(after.split(b"\r\n", 1)[0]) if found else 0
        return True

    def _read_chunks(self, buffer: bytearray) -> Answer | None:
        while (line_end := buffer.find(b"\r\n", self._next_chunk)) >= 0:
            size = int(buffer[self._next_chunk : line_end].split(b";")[0], 16)
            end = line_end + 2 + size + 2
            if len(buffer) < end:
                return None
            if size == 0:
                return Answer(self._status, b"".join(self._chunks), self._is_gzip)
            self._chunks.append(bytes(buffer[line_end + 2 : end - 2]))
            self._next_chunk = end
        return None
