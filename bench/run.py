"""Runs the measures on the servers, in turn, and keeps every figure."""

import statistics
import sys
import time
from collections.abc import Awaitable, Callable

import msgspec

from bench.load.generator import run_load
from bench.load.town import Site
from bench.measures import first_sync, group, growth, idle, latency, reconnect, send, start
from bench.report import Figures, Report, machine_line
from bench.scale import Scale
from bench.servers.base import Server, ServerDied
from bench.servers.prepared import running_town

Load = Callable[[Site, Scale], Awaitable[Figures]]
# Each load gets a server started afresh, so that one does not warm the caches of the next.
LOADS: dict[str, list[Load]] = {
    "send": [send.measure],
    "latency": [latency.measure],
    "group": [group.measure],
    "growth": [growth.measure],
    "first_sync": [first_sync.measure_plain, first_sync.measure_compressed],
    "reconnect": [reconnect.measure_plain, reconnect.measure_compressed],
    "idle": [idle.measure],
}
START = "start"
MEASURES = [*LOADS, START]
# Above this share of its core the generator itself may be what is measured.
_GENERATOR_BUSY = ".generator_busy"
_BUSY_LIMIT = 0.85


class Plan(msgspec.Struct, frozen=True):
    """What to run."""

    servers: list[type[Server]]
    measures: list[str]
    scale: Scale
    repeats: int
    with_postgresql: bool


class Run:
    """A run under way; a measure that fails on a server is left out and remembered."""

    def __init__(self, plan: Plan) -> None:
        self.failures: list[str] = []
        self._plan = plan
        # Asked once: sources edited meanwhile must not have towns built anew in the middle of a run.
        self._versions = {kind.name: kind.version() for kind in plan.servers}
        self._figures: dict[str, list[Figures]] = {
            kind.name: [{} for _ in range(plan.repeats)] for kind in plan.servers
        }
        self._dead: set[str] = set()

    def carry_out(self) -> Report:
        """Servers alternate within each repeat, so that a machine that drifts does so for both."""
        for measure in self._plan.measures:
            for repeat in range(self._plan.repeats):
                for kind in self._plan.servers:
                    self._attempt(kind, measure, repeat)
        plan = self._plan
        return Report(
            date=time.strftime("%Y-%m-%d", time.gmtime()),
            machine=machine_line(),
            database="postgresql" if plan.with_postgresql else "sqlite",
            scale=plan.scale.name,
            repeats=plan.repeats,
            versions=self._versions,
            medians={name: _medians(runs) for name, runs in self._figures.items()},
            runs=self._figures,
        )

    def _attempt(self, kind: type[Server], measure: str, repeat: int) -> None:
        if kind.name in self._dead:
            return
        try:
            found = self._measure(kind, measure)
        except ServerDied as failure:
            self._dead.add(kind.name)
            self._remember(f"{kind.name}, not tried again: {failure}")
            return
        except Exception as failure:  # noqa: BLE001 - whatever broke, the other figures are still wanted
            self._remember(f"{kind.name}, {measure}, repeat {repeat + 1}: {failure!r}")
            return
        self._figures[kind.name][repeat].update(found)
        told = "  ".join(f"{key} {value:.4g}" for key, value in found.items())
        print(f"{kind.name} {repeat + 1}/{self._plan.repeats}  {told}", file=sys.stderr)

    def _remember(self, failure: str) -> None:
        self.failures.append(failure)
        print(failure, file=sys.stderr)

    def _measure(self, kind: type[Server], measure: str) -> Figures:
        plan = self._plan
        if measure == START:
            return start.measure(kind, with_postgresql=plan.with_postgresql)
        found: Figures = {}
        for load in LOADS[measure]:
            with running_town(kind, self._versions[kind.name], plan.scale, with_postgresql=plan.with_postgresql) as (
                server,
                town,
            ):
                found |= run_load(load, server.site(town), plan.scale)
        for key, value in found.items():
            if key.endswith(_GENERATOR_BUSY) and value > _BUSY_LIMIT:
                print(f"{kind.name}, {key}: {value:.0%}; the server may be faster than that", file=sys.stderr)
        return found


def _medians(runs: list[Figures]) -> Figures:
    keys = dict.fromkeys(key for figures in runs for key in figures)
    return {key: statistics.median(figures[key] for figures in runs if key in figures) for key in keys}
