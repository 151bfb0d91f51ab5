"""Turns figures into a table for the terminal or for the README."""

import platform
from collections.abc import Sequence

import msgspec

from bench.table import Goal, Row

Figures = dict[str, float]
"""Medians by measure key."""


class Report(msgspec.Struct):
    """One whole run."""

    date: str
    machine: str
    database: str
    scale: str
    repeats: int
    versions: dict[str, str]
    medians: dict[str, Figures]
    """By server's name."""
    runs: dict[str, list[Figures]]
    """Every repeat, by server's name."""


def machine_line() -> str:
    """The processor and what runs on it, in one line."""
    return f"{platform.system()} {platform.release()} {platform.machine()}, Python {platform.python_version()}"


def cells(rows: Sequence[Row], medians: dict[str, Figures], *, with_goals: bool) -> list[list[str]]:
    """Header and lines; the first server is ours, the second, if any, the peer."""
    names = list(medians)
    header = ["", *names, *(["better by"] if len(names) > 1 else []), *(["goal", ""] if with_goals else [])]
    lines = [line for row in rows if (line := _line(row, names, medians))]
    return [header, *(line[: len(header)] for line in lines)]


def as_text(table: list[list[str]]) -> str:
    """Columns lined up for a terminal."""
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    )


def as_markdown(table: list[list[str]]) -> str:
    """A table for the README."""
    rule = ["---", *("---:" for _ in table[0][1:])]
    return "\n".join(f"| {' | '.join(line)} |" for line in [table[0], rule, *table[1:]])


def _line(row: Row, names: list[str], medians: dict[str, Figures]) -> list[str] | None:
    own = medians[names[0]].get(row.key)
    peer = medians[names[1]].get(row.peer_key()) if len(names) > 1 else None
    if own is None and peer is None:
        return None
    line = [row.label, *(_figure(value, row.unit) for value in (own, peer)[: len(names)])]
    factor = _times_better(row, own, peer)
    if len(names) > 1:
        line.append("" if factor is None else f"{_short(factor)}×")
    return [*line, _goal_text(row), _verdict(row.goal, own, factor)]


def _times_better(row: Row, own: float | None, peer: float | None) -> float | None:
    if not own or not peer or own < 0 or peer < 0:
        return None
    return own / peer if row.more_is_better else peer / own


def _goal_text(row: Row) -> str:
    if row.goal is None:
        return ""
    if row.goal.times_better is not None:
        return f"≥ {row.goal.times_better:g}×"
    return f"≤ {row.goal.at_most:g} {row.unit}".strip()


def _verdict(goal: Goal | None, own: float | None, factor: float | None) -> str:
    if goal is None or own is None:
        return ""
    if goal.at_most is not None:
        return "yes" if own <= goal.at_most else "no"
    if factor is None or goal.times_better is None:
        return ""
    return "yes" if factor >= goal.times_better else "no"


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{_short(value)} {unit}".strip()


def _short(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"
