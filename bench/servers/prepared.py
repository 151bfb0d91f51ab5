"""Folders with the town already in them, kept so that only the first run pays for building it."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.load.build import build_town
from bench.load.generator import run_load
from bench.load.town import TOWN_FORMAT, Town
from bench.scale import Scale
from bench.servers.base import Server, copy_folder

# On the disk of the sources, not in /tmp: that may be memory, where fsync costs nothing.
_CACHE = Path(__file__).parent.parent / ".cache"


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A folder path that does not exist yet, removed afterwards."""
    _CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=_CACHE, ignore_cleanup_errors=True) as parent:
        Path(parent).chmod(0o755)  # the database's user must pass
        yield Path(parent) / "server"


@contextmanager
def running_town(
    kind: type[Server], version: str, scale: Scale, *, with_postgresql: bool
) -> Iterator[tuple[Server, Town]]:
    """A freshly started server over its own copy of the town that this version of it built."""
    prepared = _prepared(kind, version, scale, with_postgresql=with_postgresql)
    with fresh_folder() as folder:
        copy_folder(prepared, folder)
        town = msgspec.json.decode((folder / "town.json").read_bytes(), type=Town)
        server = kind(folder, with_postgresql=with_postgresql)
        server.start()
        try:
            yield server, town
        finally:
            server.stop()


def _prepared(kind: type[Server], version: str, scale: Scale, *, with_postgresql: bool) -> Path:
    database = "postgresql" if with_postgresql else "sqlite"
    series = f"{kind.name.lower()}-{database}-{scale.name}-"
    folder = _CACHE / f"{series}{TOWN_FORMAT}-{version}"
    if folder.exists():
        return folder
    for outdated in _CACHE.glob(f"{series}*"):
        shutil.rmtree(outdated)
    print(f"Building the {scale.name} town on {kind.name} ({database}); kept for the next runs…", file=sys.stderr)
    with fresh_folder() as fresh:
        server = kind(fresh, with_postgresql=with_postgresql)
        server.start()
        try:
            town = run_load(build_town, server.port, scale)
        finally:
            server.stop()
        (fresh / "town.json").write_bytes(msgspec.json.encode(town))
        fresh.rename(folder)
    return folder
