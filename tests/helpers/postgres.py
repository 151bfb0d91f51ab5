"""A PostgreSQL cluster of the tests' own, in a temporary folder, reached through a socket file."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

STARTS_WITHIN_S = 30
STOPS_WITHIN_S = 30
_UNPRIVILEGED_USER = "postgres"
_QUICK_AND_UNSAFE = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=200")


def find_binaries() -> Path | None:
    """The folder of `initdb` and `postgres`: Debian's newest, or wherever PATH has them; None if there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class PostgresCluster:
    """A running cluster, as a context. PostgreSQL refuses to run as root: then it runs as the user `postgres`."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="sottovoce-postgres-"))
        self._as_user = _UNPRIVILEGED_USER if os.geteuid() == 0 else None
        self._server: subprocess.Popen[bytes] | None = None
        self._made = 0

    def __enter__(self) -> Self:
        if self._as_user is not None:
            shutil.chown(self._folder, self._as_user)
        self._folder.chmod(0o700)
        self._run(
            "initdb",
            "--pgdata",
            str(self._data),
            "--auth=trust",
            "--username=tests",
            "--no-sync",
            "--no-locale",
            "--encoding=UTF8",
        )
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """The cluster takes connections."""
        options = [part for setting in ("listen_addresses=", *_QUICK_AND_UNSAFE) for part in ("-c", setting)]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, "-k", self._folder, *options],
                user=self._as_user,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self._run("pg_isready", "--host", str(self._folder), "--username=tests", "--dbname=postgres", retry=True)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """The cluster's processes have ended: SIGINT closes connections first, SIGQUIT cuts everything at once."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(STOPS_WITHIN_S)

    def new_database(self) -> str:
        """The address of an empty database."""
        self._made += 1
        name = f"test_{self._made}"
        self._run("createdb", "--host", str(self._folder), "--username=tests", "--template=template0", name)
        return f"postgresql:///{name}?host={quote(str(self._folder), safe='')}&user=tests"

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *arguments: str, retry: bool = False) -> None:
        command = [str(self._binaries / program), *arguments]
        if retry:
            command = ["timeout", str(STARTS_WITHIN_S), "sh", "-c", 'until "$@"; do sleep 0.05; done', "sh", *command]
        subprocess.run(command, check=True, capture_output=True, user=self._as_user)
