"""Delivery latency between two people: ten messages a second, from the moment each is due to its arrival by /sync."""

import asyncio
import statistics
import time

from bench.load.matrix import Client
from bench.load.town import Site
from bench.scale import Scale

_EVERY_S = 0.1
_POLL_MS = 30_000
_ARRIVAL_LIMIT_S = 30.0


async def measure(site: Site, scale: Scale) -> dict[str, float]:
    """Milliseconds at the median and at the 95th percentile."""
    pair = site.town.pairs[0]
    sender, receiver = Client(site.port, pair.first), Client(site.port, pair.second)
    since = (await receiver.sync()).next_batch
    due_s: list[float] = []
    took_ms: dict[str, float] = {}

    async def receive() -> None:
        nonlocal since
        while len(took_ms) < scale.latency_messages:
            answer = await receiver.sync(since, timeout_ms=_POLL_MS)
            arrived_s, since = time.perf_counter(), answer.next_batch
            room = answer.rooms.join.get(pair.room_id)
            for event in room.timeline.events if room else []:
                if event.type == "m.room.message":
                    took_ms[event.content.body] = 1000 * (arrived_s - due_s[int(event.content.body)])

    async def send() -> None:
        began_s = time.perf_counter() + _EVERY_S
        for number in range(scale.latency_messages):
            # From when it was due, not from when a late generator sent it: a stall must not hide itself.
            due_s.append(began_s + number * _EVERY_S)
            await asyncio.sleep(max(0.0, due_s[number] - time.perf_counter()))
            await sender.send(pair.room_id, str(number))

    async with asyncio.timeout(scale.latency_messages * _EVERY_S + _ARRIVAL_LIMIT_S):
        await asyncio.gather(receive(), send())
    spread = statistics.quantiles(took_ms.values(), n=20)
    return {"latency.p50_ms": statistics.median(took_ms.values()), "latency.p95_ms": spread[18]}
