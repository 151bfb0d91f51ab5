"""A PostgreSQL cluster of the benchmark's own, with PostgreSQL's default settings (fsync on)."""

import os
import shutil
import subprocess
from pathlib import Path

from bench.machine import server_core

_DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
_OWNER = "postgres"


class Cluster:
    """One cluster in one folder, reached over TCP on loopback without a password."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    def url(self) -> str:
        """The address of the benchmark's database."""
        return f"postgresql://bench@127.0.0.1:{self.port}/bench"

    def start(self) -> None:
        """Make the cluster if there is none, then start it on the server's core."""
        if not (self.folder / "PG_VERSION").exists():
            self._make()
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        # No captured output: the postmaster would keep the pipe open.
        self._run("pg_ctl", "-D", ".", "-l", "server.log", "-o", options, "-w", "-s", "start")
        self._make_database()

    def stop(self) -> None:
        """Stop the cluster with a checkpoint; nothing happens if it does not run."""
        if (self.folder / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", ".", "-m", "fast", "-w", "-s", "stop")

    def pid(self) -> int:
        """The postmaster's process."""
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def _make(self) -> None:
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o700)
        if os.geteuid() == 0:
            shutil.chown(self.folder, _OWNER, _OWNER)
        # Synapse demands the C locale; both servers get it.
        self._run("initdb", "-D", ".", "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")

    def _make_database(self) -> None:
        reach = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "bench")
        listing = self._run("psql", *reach, "-d", "template1", "-Atc", "SELECT datname FROM pg_database")
        if "bench" not in listing.split():
            self._run("createdb", *reach, "bench")

    def _run(self, program: str, *arguments: str) -> str:
        # initdb and the server refuse to run as root.
        become = ["runuser", "-u", _OWNER, "--"] if os.geteuid() == 0 else []
        held = ["taskset", "--cpu-list", str(server_core())]
        starts_daemon = program == "pg_ctl"
        done = subprocess.run(
            [*held, *become, str(_programs_folder() / program), *arguments],
            cwd=self.folder,
            check=True,
            text=True,
            stdout=subprocess.DEVNULL if starts_daemon else subprocess.PIPE,
        )
        return done.stdout or ""


def _programs_folder() -> Path:
    debian = sorted(_DEBIAN_PROGRAMS.glob("*/bin/initdb"), key=lambda program: int(program.parts[-3]))
    if debian:
        return debian[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    return Path(on_path).resolve().parent
