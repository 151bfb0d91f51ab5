"""Many people connected at once, each in a /sync loop, as apps are."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bench.load.matrix import Account, Client, SyncAnswer
from bench.load.town import Site

# What apps ask for: lazily loaded members, and room for a burst of messages.
APP_FILTER: dict[str, object] = {"room": {"timeline": {"limit": 100}, "state": {"lazy_load_members": True}}}
_POLL_MS = 30_000
_QUIET_S = 2.0
_QUIET_LIMIT_S = 60.0


@asynccontextmanager
async def everyone_connected(
    site: Site, people: list[Account], receive: Callable[[SyncAnswer], None]
) -> AsyncIterator[None]:
    """All of them long-poll, and the bustle of their arrival (presence) has died down."""
    last_answer_s = time.perf_counter()

    async def follow(client: Client, since: str) -> None:
        nonlocal last_answer_s
        filter_id = await client.keep_filter(APP_FILTER)
        while True:
            answer = await client.sync(since, filter_id=filter_id, timeout_ms=_POLL_MS)
            since = answer.next_batch
            last_answer_s = time.perf_counter()
            receive(answer)

    clients = [Client(site.port, person) for person in people]
    async with asyncio.TaskGroup() as tasks:
        positions = site.town.member_positions
        loops = [tasks.create_task(follow(*start)) for start in zip(clients, positions, strict=False)]
        began_s = time.perf_counter()
        while time.perf_counter() - max(began_s, last_answer_s) < _QUIET_S:
            if time.perf_counter() - began_s > _QUIET_LIMIT_S:
                break
            await asyncio.sleep(0.1)
        yield
        for loop in loops:
            loop.cancel()
    for client in clients:
        client.close()
