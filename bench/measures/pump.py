"""Sends as fast as the server accepts, from several connections, for a set time."""

import asyncio
import time

import msgspec

from bench.load.generator import Effort
from bench.load.matrix import Client
from bench.load.town import Site
from bench.machine import cpu_seconds
from bench.scale import Scale

# As long as an ordinary message; the number keeps them apart.
_TEXT = "Number %d: see you at eight, by the fountain in the square."


class Lane(msgspec.Struct, frozen=True):
    """A sender and the chat it writes to; one message at a time."""

    client: Client
    room_id: str


class Pumped(msgspec.Struct, frozen=True):
    """What came out of the timed part."""

    per_second: float
    cpu_ms_each: float
    """Processor time of the server and its database per message."""
    generator_busy: float
    """Share of its core that the generator used: near 1, it is the generator that was measured."""

    def figures(self, key: str) -> dict[str, float]:
        """The figures under a measure's key."""
        return {
            f"{key}.per_second": self.per_second,
            f"{key}.cpu_ms": self.cpu_ms_each,
            f"{key}.generator_busy": self.generator_busy,
        }


async def pump(site: Site, lanes: list[Lane], scale: Scale) -> Pumped:
    """Keep every lane full; measure after the warm-up."""
    accepted = 0
    stopping = False

    async def run(lane: Lane) -> None:
        nonlocal accepted
        while not stopping:
            await lane.client.send(lane.room_id, _TEXT % accepted)
            accepted += 1

    async with asyncio.TaskGroup() as tasks:
        for lane in lanes:
            tasks.create_task(run(lane))
        await asyncio.sleep(scale.warm_s)
        before, began_s, began_cpu_s = accepted, time.perf_counter(), cpu_seconds(site.pids)
        effort = Effort()
        await asyncio.sleep(scale.timed_s)
        busy = effort.share()
        count, took_s = accepted - before, time.perf_counter() - began_s
        took_cpu_s = cpu_seconds(site.pids) - began_cpu_s
        stopping = True
    return Pumped(count / took_s, 1000 * took_cpu_s / max(count, 1), busy)
