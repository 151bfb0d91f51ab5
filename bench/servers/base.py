"""What every measured server has in common: a folder, a port, a process held on one core."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from pathlib import Path

from bench.load.town import Site, Town
from bench.machine import server_core
from bench.servers.postgresql import Cluster

SERVER_NAME = "bench.local"
_READY_LIMIT_S = 60.0
_STOP_LIMIT_S = 20.0
_POLL_S = 0.002


class ServerDied(Exception):
    """The server ended, or was not ready in time; the message carries the end of its output."""


class Server(ABC):
    """One server over one folder, which holds everything it keeps (its PostgreSQL cluster too)."""

    name: str

    def __init__(self, folder: Path, *, with_postgresql: bool) -> None:
        self.folder = folder
        self.port = free_port()
        self.cluster = Cluster(folder / "postgresql", free_port()) if with_postgresql else None
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    @abstractmethod
    def version(cls) -> str:
        """What tells this build of the server from another."""

    @abstractmethod
    def configure(self) -> None:
        """Write what the server needs in its folder; called before each start."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command that serves in the foreground, run inside the folder."""

    def start(self) -> float:
        """Start and wait; answers the seconds from exec to the first 200 (the database was up before)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> float:
        if self.cluster is not None:
            self.cluster.start()
        self.configure()
        with self._output_path().open("ab") as output:
            began_s = time.perf_counter()
            self._process = subprocess.Popen(
                ["taskset", "--cpu-list", str(server_core()), *self.command()],
                cwd=self.folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_ready(began_s)
        return time.perf_counter() - began_s

    def stop(self) -> None:
        """Stop the server, then its database, both cleanly."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(_STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self.cluster is not None:
            self.cluster.stop()

    def site(self, town: Town) -> Site:
        """The running server as the load generator sees it."""
        database = () if self.cluster is None else (self.cluster.pid(),)
        return Site(port=self.port, pids=(self.pid(), *database), server_pid=self.pid(), town=town)

    def pid(self) -> int:
        """The server's root process."""
        assert self._process is not None
        return self._process.pid

    def _wait_until_ready(self, began_s: float) -> None:
        while not self._answers():
            assert self._process is not None
            if self._process.poll() is not None or time.perf_counter() - began_s > _READY_LIMIT_S:
                tail = self._output_path().read_text(errors="replace")[-2000:]
                raise ServerDied(f"{self.name} did not start:\n{tail}")
            time.sleep(_POLL_S)

    def _answers(self) -> bool:
        # A refused connection costs microseconds; only an open port is asked.
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                return False
        try:
            address = f"http://127.0.0.1:{self.port}/_matrix/client/versions"
            with urllib.request.urlopen(address, timeout=10) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError):
            return False

    def _output_path(self) -> Path:
        return self.folder / "output.log"


def free_port() -> int:
    """A loopback port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def copy_folder(source: Path, target: Path) -> None:
    """An exact copy, owners included, safely on disk: its writing back must not disturb what comes next."""
    subprocess.run(["cp", "--archive", str(source), str(target)], check=True)
    os.sync()
