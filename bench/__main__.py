"""`python -m bench`: measure Sottovoce and Synapse in one run and print the ratios."""

import argparse
import os
import signal
import sys
from pathlib import Path

import msgspec

from bench.load.generator import raise_file_limit
from bench.machine import generator_core
from bench.report import as_markdown, as_text, cells
from bench.run import MEASURES, Plan, Run
from bench.scale import FULL, QUICK
from bench.servers.base import Server
from bench.servers.sottovoce import Sottovoce
from bench.servers.synapse import Synapse
from bench.table import rows


def main() -> int:
    """Carry the wished measures out; 1 if any of them failed."""
    wish = _parser().parse_args()
    servers: list[type[Server]] = [] if wish.peer_only else [Sottovoce]
    if wish.peer == "synapse":
        Synapse.set_up()
        servers.append(Synapse)
    plan = Plan(
        servers=servers,
        measures=wish.only,
        scale=QUICK if wish.quick else FULL,
        repeats=wish.repeats or (1 if wish.quick else 3),
        with_postgresql=wish.database == "postgresql",
    )
    # As an interrupt does: the servers under way are stopped and their folders removed.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    raise_file_limit()
    os.sched_setaffinity(0, {generator_core()})
    run = Run(plan)
    report = run.carry_out()
    table = cells(rows(plan.scale), report.medians, with_goals=not wish.peer_only)
    print(as_markdown(table) if wish.markdown else as_text(table))
    if wish.json is not None:
        wish.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    return 1 if run.failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--only", type=_measures, default=MEASURES, metavar="MEASURE,…", help=", ".join(MEASURES))
    parser.add_argument("--repeats", type=int, metavar="N", help="medians of so many (3; 1 with --quick)")
    parser.add_argument("--quick", action="store_true", help="a small town and short measures: does it all work?")
    parser.add_argument("--peer", choices=["none", "synapse"], default="synapse")
    parser.add_argument("--peer-only", action="store_true", help="leave Sottovoce out")
    parser.add_argument("--markdown", action="store_true", help="print the table for the README")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure to a file")
    return parser


def _measures(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not among {', '.join(MEASURES)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
