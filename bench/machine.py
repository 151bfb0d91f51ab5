"""What the kernel says of a process tree: cores, processor time, memory. Linux only (/proc)."""

import os
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def server_core() -> int:
    """The core that the measured server, and its database, are held on."""
    return min(_ALLOWED)


def generator_core() -> int:
    """The core of the load generator: another one than the server's wherever there are two."""
    return sorted(_ALLOWED)[min(1, len(_ALLOWED) - 1)]


# Read once: the generator narrows its own set later.
_ALLOWED = frozenset(os.sched_getaffinity(0))


def process_tree(root_pid: int) -> list[int]:
    """The process and all its living descendants."""
    found, waiting = [], [root_pid]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in (_PROC / str(pid) / "task").glob("*/children"):
            waiting.extend(int(child) for child in _text(task).split())
    return found


def cpu_seconds(root_pids: tuple[int, ...]) -> float:
    """Processor time, user and system, of these trees so far, reaped children included."""
    ticks = 0
    for root_pid in root_pids:
        for pid in process_tree(root_pid):
            # The command name may hold blanks: fields are counted from its closing bracket.
            fields = _text(_PROC / str(pid) / "stat").rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / _TICKS_PER_SECOND


def resident_kb(root_pid: int) -> int:
    """Resident memory (RSS) of the tree, in kB. Shared pages count once per process."""
    return _sum_kb(root_pid, "status", "VmRSS:")


def proportional_kb(root_pid: int) -> int:
    """Proportional memory (PSS) of the tree, in kB: shared pages count once in all."""
    return _sum_kb(root_pid, "smaps_rollup", "Pss:")


def _sum_kb(root_pid: int, file: str, field: str) -> int:
    total = 0
    for pid in process_tree(root_pid):
        for line in _text(_PROC / str(pid) / file).splitlines():
            if line.startswith(field):
                total += int(line.split()[1])
    return total


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
        return ""
