"""How a command asks the server and shows what it was told."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from sottovoce.app.commands import Answer, Command, give
from sottovoce.app.settings import Settings
from sottovoce.cli.trouble import in_words

DAY_MS = 86_400_000
_NONE: Mapping[str, object] = MappingProxyType({})
AddWhere = Callable[[argparse.ArgumentParser], None]
"""Adds the arguments that say which server a command is about."""
Run = Callable[[Settings, dict[str, object]], int]
"""What a command does with the settings and its arguments; its exit status."""


def ask(
    settings: Settings,
    operation: str,
    path: Mapping[str, object] = _NONE,
    query: Mapping[str, object] = _NONE,
    body: Mapping[str, object] = _NONE,
) -> Answer:
    """What the operation answered. Query and body go without what is None. Raises Trouble."""
    command = Command(
        operation,
        {name: str(value) for name, value in path.items()},
        {name: str(value) for name, value in query.items() if value is not None},
        {name: value for name, value in body.items() if value is not None},
    )
    with in_words():
        return asyncio.run(give(settings, command))


def say(text: str) -> int:
    """The text is on the standard output; the exit status of a command that was done."""
    sys.stdout.write(f"{text}\n")
    return 0


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> int:
    """The rows are on the standard output, in columns; the exit status of a command that was done."""
    cells = [[str(head) for head in heads], *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    for row in cells:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def day(at_ms: int | None) -> str:
    """A moment as people write it, to the minute, in UTC."""
    return "" if not at_ms else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def megabytes(size_bytes: int) -> str:
    """A size as people write it."""
    return f"{size_bytes / 1_000_000:.1f} MB"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)
