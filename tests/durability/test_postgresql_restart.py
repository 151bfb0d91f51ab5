"""PostgreSQL restarts while people write and read: Sottovoce stays, comes back with it, and has lost nothing."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sottovoce.infra.db import postgresql_writer
from tests.helpers.people import Person, room
from tests.helpers.postgres import PostgresCluster
from tests.helpers.server import RunningServer

AWAY_S = 0.3
PAUSE_S = 0.005
PAGE_EVENTS = 1000


class Traffic:
    """Somebody writes and somebody reads, again and again, until told to stop; what they were answered."""

    def __init__(self, writer: Person, reader: Person, room_id: str) -> None:
        self.writer, self.reader, self.room_id = writer, reader, room_id
        self.sent: list[str] = []
        self.statuses: set[int] = set()
        self.is_over = False

    async def write(self) -> None:
        number = 0
        while not self.is_over:
            number += 1
            path = room(self.room_id, "send", "m.room.message", f"w{number}")
            reply = await self.writer.put(path, {"msgtype": "m.text", "body": str(number)})
            self._note(reply.status, reply.errcode)
            if reply.status == 200:
                self.sent.append(str(number))
            else:
                await asyncio.sleep(PAUSE_S)  # a refusal may come without any wait: others want their turn too

    async def read(self) -> None:
        while not self.is_over:
            reply = await self.reader.get(room(self.room_id, "messages"), query={"dir": "b"})
            self._note(reply.status, reply.errcode)
            await asyncio.sleep(PAUSE_S)

    def _note(self, status: int, errcode: str | None) -> None:
        assert (status, errcode) in {(200, None), (500, "M_UNKNOWN")}
        self.statuses.add(status)


@pytest.fixture
async def homeserver(tmp_path: Path, own_cluster: PostgresCluster) -> AsyncIterator[RunningServer]:
    server = RunningServer(tmp_path, database=own_cluster.new_database())
    await server.start()
    yield server
    await server.stop()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_it_goes_on_when_postgresql_does(
    homeserver: RunningServer, own_cluster: PostgresCluster, how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_writer, "RECONNECT_AFTER_S", 0.02)
    alice, bob = await homeserver.person("alice"), await homeserver.person("bob")
    room_id = await alice.creates_room(invite=[bob.user_id])
    await bob.joins(room_id)
    traffic = Traffic(alice, bob, room_id)
    async with asyncio.TaskGroup() as group:
        group.create_task(traffic.write())
        group.create_task(traffic.read())
        await asyncio.sleep(AWAY_S)
        await asyncio.to_thread(own_cluster.stop, how)
        before = len(traffic.sent)
        await asyncio.sleep(AWAY_S)
        await asyncio.to_thread(own_cluster.start)
        while len(traffic.sent) <= before + 1:  # noqa: ASYNC110 - counts
            await asyncio.sleep(PAUSE_S)
        traffic.is_over = True
    assert traffic.statuses == {200, 500}
    await homeserver.stop()
    await homeserver.start()
    bob.app = homeserver.app.http
    told = await bob.reads(room_id, limit=PAGE_EVENTS)
    assert len(told) < PAGE_EVENTS
    assert sorted(set(told)) == sorted(told)
    assert set(traffic.sent) <= set(told)
    assert (await bob.syncs())["rooms"]["join"][room_id]["timeline"]["events"][-1]["content"]["body"] == told[0]
