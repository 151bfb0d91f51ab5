"""A real `sottovoce serve`, in a process of its own, that a test may kill."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

ANSWERS_WITHIN_S = 30
ENDS_WITHIN_S = 10


class ServerProcess:
    """One server on one data folder; it may be started again after it was killed."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.address = f"http://127.0.0.1:{_free_port()}"
        self.log = folder / "server.log"
        self._command = [
            *(sys.executable, "-m", "sottovoce", "serve", "--data", str(folder / "data")),
            *("--port", self.address.rpartition(":")[2], "--server-name", "localhost"),
            *("--registration", "open", "--rate-limits", "off", *options),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """The server answers."""
        self._spawn()
        async with httpx.AsyncClient() as client, asyncio.timeout(ANSWERS_WITHIN_S):
            while not await self._answers(client):  # noqa: ASYNC110 - another process is asked
                await asyncio.sleep(0.02)

    def kill(self) -> None:
        """The server is gone, in the middle of whatever it did."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """The server ended as asked; its exit status."""
        return self._end(signal.SIGTERM)

    def _spawn(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SOTTOVOCE_")}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=environment)

    async def _answers(self, client: httpx.AsyncClient) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the server did not start:\n{self.log.read_text()}"
        try:
            return (await client.get(f"{self.address}/health")).is_success
        except httpx.TransportError:
            return False

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        status = self._process.wait(ENDS_WITHIN_S)
        self._process = None
        return status


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
