"""A PostgreSQL server behind a wire that can be cut at the worst moment."""

import asyncio
from pathlib import Path
from typing import Self
from urllib.parse import quote, unquote

_SOCKET = ".s.PGSQL.5432"


class CuttableWire:
    """Forwards a socket in `folder` to the server of `address`, as a context."""

    def __init__(self, address: str, folder: Path) -> None:
        folder_there = unquote(address.partition("host=")[2].partition("&")[0])
        self.address = address.replace(quote(folder_there, safe=""), quote(str(folder), safe=""))
        self.cuts = 0
        self._there = f"{folder_there}/{_SOCKET}"
        self._here = f"{folder}/{_SOCKET}"
        self._text = b""
        self._is_delivered = False
        self._forwarding: list[asyncio.Task[None]] = []
        self._open_ends: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._forward, self._here)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        self._server.close()
        for ends in self._open_ends:
            ends.close()
        await asyncio.gather(*self._forwarding)

    def cut_at(self, text: bytes, *, is_delivered: bool) -> None:
        """The next request that holds `text` loses its connection; the server has carried it out if `is_delivered`."""
        self._text, self._is_delivered = text, is_delivered

    async def _forward(self, client_reads: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        self._forwarding.append(_current_task())
        server_reads, server = await asyncio.open_unix_connection(self._there)
        self._open_ends += [client, server]
        answers = asyncio.get_running_loop().create_task(_pump(server_reads, client))
        while (request := await client_reads.read(1 << 16)) and not self._is_worst_moment(request):
            server.write(request)
        answers.cancel()
        await asyncio.gather(answers, return_exceptions=True)
        if request and self._is_delivered:
            server.write(request)
            await server_reads.read(1 << 16)
        for ends in (client, server):
            ends.close()
        await asyncio.gather(client.wait_closed(), server.wait_closed(), return_exceptions=True)

    def _is_worst_moment(self, request: bytes) -> bool:
        if not self._text or self._text not in request:
            return False
        self._text = b""
        self.cuts += 1
        return True


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
    writer.close()


def _current_task() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None
    return task
