"""A PostgreSQL server behind a wire that can be cut at the worst moment."""

import asyncio
from pathlib import Path
from urllib.parse import quote, unquote

_SOCKET = ".s.PGSQL.5432"


class CuttableWire:
    """Forwards a socket in `folder` to the server of `address`."""

    def __init__(self, address: str, folder: Path) -> None:
        folder_there = unquote(address.partition("host=")[2].partition("&")[0])
        self.address = address.replace(quote(folder_there, safe=""), quote(str(folder), safe=""))
        self.cuts = 0
        self._there = f"{folder_there}/{_SOCKET}"
        self._here = f"{folder}/{_SOCKET}"
        self._text = b""
        self._is_delivered = False

    async def open(self) -> asyncio.Server:
        """Connections are taken until the server returned here is closed."""
        return await asyncio.start_unix_server(self._forward, self._here)

    def cut_at(self, text: bytes, *, is_delivered: bool) -> None:
        """The next request that holds `text` loses its connection; the server has carried it out if `is_delivered`."""
        self._text, self._is_delivered = text, is_delivered

    async def _forward(self, client_reads: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        server_reads, server = await asyncio.open_unix_connection(self._there)
        answers = asyncio.get_running_loop().create_task(_pump(server_reads, client))
        while request := await client_reads.read(1 << 16):
            if self._text and self._text in request:
                self._text = b""
                self.cuts += 1
                answers.cancel()
                if self._is_delivered:
                    server.write(request)
                    await server_reads.read(1 << 16)
                break
            server.write(request)
        answers.cancel()
        server.close()
        client.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
    writer.close()
