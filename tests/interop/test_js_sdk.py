"""matrix-js-sdk under Node does what it offers, on an unmodified install."""

import asyncio
import re
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.helpers.server_process import ServerProcess
from tests.interop.nio_person import NioPerson

HERE = Path(__file__).parent / "js_sdk"
ENDS_WITHIN_S = 60
ECHO = "echo"
_NAMES = [
    name
    for file in ("scenarios.mjs", "encryption.mjs", "sliding.mjs")
    for name in re.findall(r"^export async function (\w+)\(", (HERE / file).read_text(), re.MULTILINE)
]


@asynccontextmanager
async def running(scenario: str, server: ServerProcess) -> AsyncIterator[Process]:
    """A Node process that goes through the scenario; it is gone afterwards, whatever happened."""
    process = await asyncio.create_subprocess_exec(
        "node", str(HERE / "run.mjs"), scenario, server.address, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def ended_well(process: Process) -> None:
    """The scenario went through."""
    async with asyncio.timeout(ENDS_WITHIN_S):
        said, complained = await process.communicate()
    assert process.returncode == 0, (said + complained).decode()


@pytest.mark.parametrize("scenario", [name for name in _NAMES if name != ECHO])
async def test_js_sdk(server: ServerProcess, scenario: str) -> None:
    async with running(scenario, server) as process:
        await ended_well(process)


async def test_js_sdk_and_nio_chat_in_the_same_room(server: ServerProcess) -> None:
    alice = NioPerson(server.address, "alice")
    await alice.registers()
    async with running(ECHO, server) as echo:
        assert echo.stdout is not None
        echo_id = (await asyncio.wait_for(echo.stdout.readline(), ENDS_WITHIN_S)).decode().strip()
        room_id = await alice.creates_room(echo_id)
        await alice.until(lambda: room_id in alice.nio.rooms and echo_id in alice.nio.rooms[room_id].users)
        said = ("ciao", "naïve café 🦊", "goodbye")
        for text in said:
            await alice.says(room_id, text)
        await alice.until(lambda: len(alice.texts) == 6)
        assert Counter(alice.texts) == dict.fromkeys(said, 2)
        await ended_well(echo)
    await alice.closes()
