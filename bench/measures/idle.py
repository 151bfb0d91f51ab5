"""Memory of one idle long-poll: what more people add who are connected and to whom nothing happens."""

import asyncio

from bench.load.matrix import Client
from bench.load.town import Site
from bench.machine import resident_kb
from bench.measures.connect import APP_FILTER
from bench.scale import Scale

_POLL_MS = 600_000
_SETTLE_S = 4.0


async def measure(site: Site, scale: Scale) -> dict[str, float]:
    """Resident kB per connected person, after a few others have warmed the server up."""
    async with asyncio.TaskGroup() as tasks:
        held: list[asyncio.Task[None]] = []

        async def connect(first: int, last: int) -> int:
            held.extend(tasks.create_task(_idle(site, number)) for number in range(first, last))
            await asyncio.sleep(_SETTLE_S)
            return resident_kb(site.server_pid)

        warm_kb = await connect(0, scale.warm_polls)
        full_kb = await connect(scale.warm_polls, scale.warm_polls + scale.idle_polls)
        if any(task.done() for task in held):
            raise AssertionError("a long-poll ended before its time")
        for task in held:
            task.cancel()
    return {"idle.kb_per_poll": (full_kb - warm_kb) / scale.idle_polls, "idle.rss_mb": full_kb / 1024}


async def _idle(site: Site, number: int) -> None:
    client = Client(site.port, site.town.members[number])
    filter_id = await client.keep_filter(APP_FILTER)
    since = site.town.member_positions[number]
    # Offline presence: otherwise everybody's arrival wakes everybody, and nobody is idle.
    await client.sync(since, filter_id=filter_id, timeout_ms=_POLL_MS, query="&set_presence=offline")
