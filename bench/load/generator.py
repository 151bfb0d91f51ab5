"""Runs a piece of load in a process of its own, held on its own core."""

import asyncio
import os
import resource
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children, get_context
from typing import TypeVar

import uvloop

from bench.machine import generator_core

Result = TypeVar("Result")


# Building the large town on a slow server takes the longest.
_LOAD_LIMIT_S = 3600


def raise_file_limit() -> None:
    """Allow as many sockets as the system lets us; children inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Effort:
    """How much of its core the generator has used since this was made."""

    def __init__(self) -> None:
        self._began_s, self._began_cpu_s = time.perf_counter(), time.process_time()

    def share(self) -> float:
        """Processor time over time passed: 0 to 1."""
        return (time.process_time() - self._began_cpu_s) / (time.perf_counter() - self._began_s)


def run_load(load: Callable[..., Awaitable[Result]], *given: object) -> Result:
    """The load's result.

    `load` must be a module's function and what is given must be picklable: a fresh process runs it.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(_in_child, load, given).result()
        except (KeyboardInterrupt, SystemExit):
            # Leaving the pool waits for its process: do not let the load run to its end first.
            for child in active_children():
                child.kill()
            raise


def _in_child(load: Callable[..., Awaitable[Result]], given: tuple[object, ...]) -> Result:
    os.sched_setaffinity(0, {generator_core()})

    async def main() -> Result:
        async with asyncio.timeout(_LOAD_LIMIT_S):
            return await load(*given)

    return uvloop.run(main())
