"""Memory of one idle long-poll: what more people add who are connected and to whom nothing happens."""

import asyncio
import time

from bench.load.matrix import Client
from bench.load.town import Site
from bench.machine import resident_kb
from bench.measures.connect import APP_FILTER
from bench.scale import Scale

_POLL_MS = 600_000
_SETTLE_S = 4.0
_QUIET_S = 1.0


class _Crowd:
    """People who wait for news; how many have begun to, and when the last got any."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._waiting = 0
        self._last_news_s = 0.0

    async def wait_for_news(self, number: int) -> None:
        """Wait for ever, asking again after an answer (what had happened since the town was built)."""
        client = Client(self._site.port, self._site.town.members[number])
        filter_id = await client.keep_filter(APP_FILTER)
        since = self._site.town.member_positions[number]
        self._waiting += 1
        while True:
            # Offline presence: otherwise everybody's arrival wakes everybody, and nobody is idle.
            answer = await client.sync(since, filter_id=filter_id, timeout_ms=_POLL_MS, query="&set_presence=offline")
            since, self._last_news_s = answer.next_batch, time.perf_counter()

    async def settled_kb(self, people: int) -> int:
        """Resident kB of the server when so many have been waiting undisturbed for a while."""
        await asyncio.sleep(_SETTLE_S)
        while self._waiting < people or time.perf_counter() - self._last_news_s < _QUIET_S:
            await asyncio.sleep(_QUIET_S)
        return resident_kb(self._site.server_pid)


async def measure(site: Site, scale: Scale) -> dict[str, float]:
    """Resident kB per connected person, after a few others have warmed the server up."""
    crowd, everyone = _Crowd(site), scale.warm_polls + scale.idle_polls
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(_POLL_MS / 1000):
        held = [tasks.create_task(crowd.wait_for_news(number)) for number in range(scale.warm_polls)]
        warm_kb = await crowd.settled_kb(scale.warm_polls)
        held += [tasks.create_task(crowd.wait_for_news(number)) for number in range(scale.warm_polls, everyone)]
        full_kb = await crowd.settled_kb(everyone)
        for task in held:
            task.cancel()
    return {"idle.kb_per_poll": (full_kb - warm_kb) / scale.idle_polls, "idle.rss_mb": full_kb / 1024}
