"""Background work: named, watched, ended before the program is. The only place that starts tasks."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

import structlog

RESTART_AFTER_S = 1.0
DRAIN_WITHIN_S = 4.0

_log = structlog.get_logger()


class Tasks:
    """All background work of a program. Short jobs are let finish at the end; loops are cancelled."""

    def __init__(self) -> None:
        self._jobs: set[asyncio.Task[None]] = set()
        self._loops: set[asyncio.Task[None]] = set()

    def start(self, name: str, job: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """The job is under way; if it fails, that is logged. It is given time to finish when the program stops."""
        return self._watched(self._jobs, name, _logging_failure(name, job))

    def keep(self, name: str, loop: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """The loop runs until the program stops: after a failure it is logged and begun again."""
        return self._watched(self._loops, name, _restarting(name, loop))

    async def stop(self) -> None:
        """Nothing is running any more: loops were cancelled, jobs finished or, after DRAIN_WITHIN_S, cancelled."""
        for task in self._loops:
            task.cancel()
        if self._jobs:
            _, late = await asyncio.wait(self._jobs, timeout=DRAIN_WITHIN_S)
            for task in late:
                _log.warning("task.cancelled", task=task.get_name())
                task.cancel()
        await asyncio.gather(*self._loops, *self._jobs, return_exceptions=True)

    def _watched(
        self, group: set[asyncio.Task[None]], name: str, work: Coroutine[object, object, None]
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)  # noqa: TID251 - this is where it is allowed
        group.add(task)
        task.add_done_callback(group.discard)
        return task


async def _logging_failure(name: str, job: Coroutine[object, object, None]) -> None:
    try:
        await job
    except Exception:  # noqa: BLE001 - the outermost frame of the job: nobody above would see it
        _log.exception("task.failed", task=name)


async def _restarting(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await loop()
        except Exception:  # noqa: BLE001 - the outermost frame of the loop
            _log.exception("task.failed", task=name)
        await asyncio.sleep(RESTART_AFTER_S)
