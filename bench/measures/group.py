"""A group whose members are all connected: deliveries (message × receiver) a second, until all have arrived."""

import asyncio
import time

from bench.load.generator import Effort
from bench.load.matrix import Client, SyncAnswer
from bench.load.town import Site
from bench.measures.connect import everyone_connected
from bench.scale import Scale

_SENDERS = 8
# Senders stay this close to the slowest receiver, well within one timeline: nothing is ever cut and fetched again.
_WINDOW = 40
_DRAIN_LIMIT_S = 180.0


class _Tally:
    """Which messages have reached how many."""

    def __init__(self, room_id: str, receivers: int) -> None:
        self.complete = 0
        self._room_id = room_id
        self._receivers = receivers
        self._arrivals: list[int] = []
        self._moved = asyncio.Event()

    def take_number(self) -> int:
        """A new message's number."""
        self._arrivals.append(0)
        return len(self._arrivals) - 1

    def receive(self, answer: SyncAnswer) -> None:
        """Count what one receiver got."""
        room = answer.rooms.join.get(self._room_id)
        if room is None:
            return
        if room.timeline.limited:
            raise AssertionError("a timeline was cut: the deliveries cannot be counted")
        for event in room.timeline.events:
            if event.type == "m.room.message":
                self._count(int(event.content.body))

    def _count(self, number: int) -> None:
        self._arrivals[number] += 1
        if self._arrivals[number] == self._receivers:
            self.complete += 1
            self._moved.set()
        elif self._arrivals[number] > self._receivers:
            raise AssertionError(f"message {number} was delivered twice to somebody")

    async def wait_until_behind_by_less_than(self, window: int) -> None:
        """Wait until fewer messages than this are still under way."""
        while len(self._arrivals) - self.complete >= window:
            self._moved.clear()
            await self._moved.wait()

    def deliveries(self) -> int:
        """All deliveries so far."""
        return sum(self._arrivals)


async def measure(site: Site, scale: Scale) -> dict[str, float]:
    """Deliveries per second, from the first send to the last arrival."""
    group = site.town.connected_group
    members = site.town.members[: group.size]
    tally = _Tally(group.room_id, group.size)
    async with everyone_connected(site, members, tally.receive):
        began_s, effort = time.perf_counter(), Effort()

        async def send(client: Client) -> None:
            while time.perf_counter() - began_s < scale.timed_s:
                await tally.wait_until_behind_by_less_than(_WINDOW)
                await client.send(group.room_id, str(tally.take_number()))

        await asyncio.gather(*(send(Client(site.port, member)) for member in members[:_SENDERS]))
        async with asyncio.timeout(_DRAIN_LIMIT_S):
            await tally.wait_until_behind_by_less_than(1)
        took_s, busy = time.perf_counter() - began_s, effort.share()
    return {
        "group.deliveries_per_second": tally.deliveries() / took_s,
        "group.messages_per_second": tally.complete / took_s,
        "group.generator_busy": busy,
    }
