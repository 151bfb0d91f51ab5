"""Sottovoce, as installed in the environment that runs the benchmark."""

import hashlib
import sys
from importlib.util import find_spec
from pathlib import Path

from bench.servers.base import SERVER_NAME, Server


class Sottovoce(Server):
    """This project's server."""

    name = "Sottovoce"

    @classmethod
    def version(cls) -> str:
        """A digest of the sources: a changed server gets a new town."""
        found = find_spec("sottovoce")
        if found is None or found.origin is None:
            raise SystemExit("sottovoce is not installed in this environment: pip install -e .")
        digest = hashlib.sha256()
        package = Path(found.origin).parent
        for source in sorted([*package.rglob("*.py"), *package.rglob("*.sql")]):
            digest.update(source.read_bytes())
        return digest.hexdigest()[:12]

    def configure(self) -> None:
        """Nothing: everything is on the command line."""

    def command(self) -> list[str]:
        """`sottovoce serve`, open to registration, without rate limits."""
        program = Path(sys.executable).parent / "sottovoce"
        command = [str(program), "serve", "--data", "data", "--port", str(self.port), "--server-name", SERVER_NAME]
        command += ["--registration", "open", "--rate-limits", "off"]
        if self.cluster is not None:
            command += ["--database", self.cluster.url()]
        return command
