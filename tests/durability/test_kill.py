"""`kill -9` in the middle of sending: what was acknowledged is there, exactly once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.durability.sending import Attempt, Sender, assert_nothing_lost, assert_sent_again_once
from tests.helpers.server_process import ServerProcess

ROUNDS = 20
SENDERS = 4
ROOMS = 2
FEWEST_ACKNOWLEDGED = 60
MORE_ACKNOWLEDGED_EACH_ROUND = 8
ROUND_ENDS_WITHIN_S = 30


@pytest.fixture
async def server(database_address: str, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    options = ["--database", database_address] if database_address.startswith("postgresql:") else []
    server = ServerProcess(tmp_path, *options)
    await server.start()
    yield server
    server.kill()


@pytest.fixture
async def senders(server: ServerProcess) -> AsyncIterator[list[Sender]]:
    senders = [Sender(server.address) for _ in range(SENDERS)]
    await asyncio.gather(*(sender.register(f"sender{number}") for number, sender in enumerate(senders)))
    yield senders
    for sender in senders:
        await sender.close()


async def test_every_acknowledged_message_survives_kills_exactly_once(
    server: ServerProcess, senders: list[Sender]
) -> None:
    first = await _round(server, senders, 0)
    for number in range(1, ROUNDS):
        await _round(server, senders, number)
    for sender, room_id, attempts in first:
        await assert_sent_again_once(sender, room_id, attempts)


async def _round(server: ServerProcess, senders: list[Sender], number: int) -> list[tuple[Sender, str, list[Attempt]]]:
    """Send into new rooms, kill, start again, look; then send everything again and look again."""
    rooms = [(sender, await sender.create_room()) for sender in senders for _ in range(ROOMS)]
    attempts: list[list[Attempt]] = [[] for _ in rooms]
    async with asyncio.TaskGroup() as group, asyncio.timeout(ROUND_ENDS_WITHIN_S):
        for room_number, (sender, room_id) in enumerate(rooms):
            text = f"round {number} room {room_number}"
            group.create_task(sender.send_until_death(room_id, text, attempts[room_number]))
        while sum(map(len, attempts)) < FEWEST_ACKNOWLEDGED + number * MORE_ACKNOWLEDGED_EACH_ROUND:  # noqa: ASYNC110 - counts
            await asyncio.sleep(0.001)
        server.kill()
    await server.start()
    sent = [(sender, room_id, mine) for (sender, room_id), mine in zip(rooms, attempts, strict=True)]
    for sender, room_id, mine in sent:
        await assert_nothing_lost(sender, room_id, mine)
        await assert_sent_again_once(sender, room_id, mine)
    return sent
