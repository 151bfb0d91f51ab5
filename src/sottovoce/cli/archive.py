"""`sottovoce backup` and `sottovoce restore`."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from sottovoce.app.archive import backup, restore
from sottovoce.app.settings import Settings
from sottovoce.cli.trouble import in_words


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    add_where: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Both commands."""
    keeping = commands.add_parser(
        "backup",
        help="keep a copy of everything, while the server runs",
        description="Write everything the server knows, as it is at one moment, into one file. The server may be "
        "running. The file holds the server's keys and everybody's chats: keep it as you would keep those.",
    )
    bringing = commands.add_parser(
        "restore",
        help="bring a copy back, into an empty data folder",
        description="Fill an empty data folder, or an empty PostgreSQL database, from a backup. A backup of one kind "
        "of database may be restored into the other.",
    )
    for command, run in ((keeping, _backup), (bringing, _restore)):
        command.add_argument("file", metavar="FILE", type=Path, help="the backup")
        add_where(command)
        command.set_defaults(run=run)


def _backup(settings: Settings, given: dict[str, object]) -> int:
    target = Path(str(given["file"]))
    with in_words():
        size_bytes = asyncio.run(backup(settings, target))
    sys.stdout.write(f"{target} holds everything, {size_bytes / 1_000_000:.1f} MB.\n")
    return 0


def _restore(settings: Settings, given: dict[str, object]) -> int:
    with in_words():
        asyncio.run(restore(settings, Path(str(given["file"]))))
    sys.stdout.write("Everything is back: start the server with `sottovoce serve`.\n")
    return 0
