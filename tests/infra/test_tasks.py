"""Background work."""

import asyncio

import pytest

from sottovoce.infra import tasks as tasks_module
from sottovoce.infra.tasks import Tasks


async def test_jobs_under_way_finish_before_the_program_stops() -> None:
    tasks = Tasks()
    finished: list[str] = []

    async def job() -> None:
        await asyncio.sleep(0.02)
        finished.append("job")

    tasks.start("job", job())
    await tasks.stop()
    assert finished == ["job"]


async def test_a_job_that_never_ends_is_cancelled_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks_module, "DRAIN_WITHIN_S", 0.01)
    tasks = Tasks()
    task = tasks.start("endless", asyncio.Event().wait())  # type: ignore[arg-type] # its answer never comes
    await tasks.stop()
    assert task.cancelled()


async def test_a_job_that_fails_stops_nobody_else() -> None:
    tasks = Tasks()

    async def failing() -> None:
        raise RuntimeError

    task = tasks.start("failing", failing())
    await asyncio.wait([task])
    assert task.exception() is None
    await tasks.stop()


async def test_a_loop_that_fails_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks_module, "RESTART_AFTER_S", 0)
    tasks = Tasks()
    begun = asyncio.Semaphore(0)

    async def loop() -> None:
        begun.release()
        raise RuntimeError

    tasks.keep("loop", loop)
    async with asyncio.timeout(5):
        for _ in range(3):
            await begun.acquire()
    await tasks.stop()


async def test_loops_end_when_the_program_stops() -> None:
    tasks = Tasks()
    task = tasks.keep("loop", lambda: asyncio.sleep(3600))
    await asyncio.sleep(0)
    await tasks.stop()
    assert task.cancelled()
