"""A small HTTP server of somebody else's, on this machine, that remembers what it was asked."""

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple, Self


class Asked(NamedTuple):
    """A request that came in; names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Answer(NamedTuple):
    """What the server says to it."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()


class WebServer:
    """Answers with `answering(asked)`, which a test may change at any time. Used as a context."""

    def __init__(self, answering: Callable[[Asked], Answer] | None = None) -> None:
        self.answering = answering or (lambda _: Answer())
        self.asked: list[Asked] = []
        self.hold: asyncio.Event | None = None
        """While this is not set, answers are held back."""
        self._arrived = asyncio.Condition()
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in list(self._open):
            writer.close()
        await self._server.wait_closed()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def heard(self, count: int, within_s: float = 10) -> list[Asked]:
        """The requests, as soon as there are so many."""
        async with asyncio.timeout(within_s), self._arrived:
            await self._arrived.wait_for(lambda: len(self.asked) >= count)
        return self.asked

    async def prepare(self, asked: Asked) -> None:
        """Called before each answer, for those who need time for it."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while True:
                asked = await _read(reader)
                await self.prepare(asked)
                answer = self.answering(asked)
                async with self._arrived:
                    self.asked.append(asked)
                    self._arrived.notify_all()
                if self.hold is not None:
                    await self.hold.wait()
                lines = [f"HTTP/1.1 {answer.status} X", f"Content-Length: {len(answer.body)}"]
                lines += [f"{name}: {value}" for name, value in answer.headers]
                writer.write("\r\n".join([*lines, "", ""]).encode() + answer.body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    return Asked(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))
