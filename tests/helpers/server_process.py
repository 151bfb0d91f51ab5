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

PROGRAM = (sys.executable, "-m", "sottovoce")
OPEN_TO_ALL = ("--server-name", "localhost", "--registration", "open", "--rate-limits", "off")


def bare_environment() -> dict[str, str]:
    """This process's environment, without settings of the program."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SOTTOVOCE_")}


class ServerProcess:
    """One server on one data folder; it may be started again after it was killed.

    open_to_all: it has a name, takes registrations and does not slow floods; otherwise only `options` say what it is.
    """

    def __init__(self, folder: Path, *options: str, open_to_all: bool = True) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.data = folder / "data"
        self.log = folder / "server.log"
        self._command = [*PROGRAM, "serve", "--data", str(self.data), "--port", str(self.port)]
        self._command += [*(OPEN_TO_ALL if open_to_all else ()), *options]
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

    def tell(self, how: signal.Signals) -> None:
        """The signal is sent; what follows is not waited for."""
        assert self._process is not None
        self._process.send_signal(how)

    async def ended(self, within_s: float) -> int:
        """The server ended by itself; its exit status."""
        assert self._process is not None
        status = await asyncio.to_thread(self._process.wait, within_s)
        self._process = None
        return status

    def said(self) -> str:
        """All that the server wrote, standard output and standard error."""
        return self.log.read_text()

    def _spawn(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=bare_environment())

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


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
