"""A bridge on mautrix's framework for Python, on an unmodified install."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.helpers.server_process import ServerProcess
from tests.interop.mautrix_bridge import EchoBridge
from tests.interop.mautrix_encrypted_bridge import EncryptedBridge
from tests.interop.mautrix_talker import MautrixTalker
from tests.interop.nio_person import NioPerson
from tests.interop.nio_talker import NioTalker
from tests.interop.talker import Talker

Running = TypeVar("Running", bound=EchoBridge)


# mautrix warns of what it reads itself.
pytestmark = pytest.mark.filterwarnings("ignore:The (sender_key|device_id) field in Megolm events:DeprecationWarning")


@contextlib.asynccontextmanager
async def running(bridge: Running, tmp_path: Path) -> AsyncIterator[Running]:
    """The bridge, and a server that knows it."""
    server = ServerProcess(tmp_path, "--app-services", str(bridge.registration))
    try:
        await server.start()
        await bridge.start(server.address)
        yield bridge
        await bridge.stop()
    finally:
        assert server.stop() == 0
    assert "http.failed" not in server.log.read_text()


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[EchoBridge]:
    async with running(EchoBridge(tmp_path), tmp_path) as bridge:
        yield bridge


@pytest.fixture
async def encrypted(tmp_path: Path) -> AsyncIterator[EncryptedBridge]:
    async with running(EncryptedBridge(tmp_path), tmp_path) as bridge:
        yield bridge


@pytest.fixture
async def alice(bridge: EchoBridge) -> AsyncIterator[NioPerson]:
    alice = NioPerson(bridge.appservice.server, "alice")
    await alice.registers()
    yield alice
    await alice.closes()


def is_in(person: NioPerson, room_id: str, user_id: str) -> bool:
    """Whether the person has heard that this one came in."""
    room = person.nio.rooms.get(room_id)
    return room is not None and user_id in room.users and user_id not in room.invited_users


async def test_the_server_reaches_it(bridge: EchoBridge) -> None:
    assert await bridge.appservice.ping_self("meow") >= 0


async def test_a_ghost_comes_when_invited_hears_and_answers(bridge: EchoBridge, alice: NioPerson) -> None:
    ghost = bridge.ghost("ada")
    await ghost.set_displayname("Ada")
    room_id = await alice.creates_room(ghost.mxid)
    await alice.until(lambda: is_in(alice, room_id, ghost.mxid))
    assert alice.nio.rooms[room_id].user_name(ghost.mxid) == "Ada"
    await alice.says(room_id, "hello")
    await alice.until(lambda: "echo of hello" in alice.texts)
    await alice.says(room_id, "are you there?")
    await alice.until(lambda: "echo of are you there?" in alice.texts)
    assert [text for _, _, text in bridge.heard] == ["hello", "are you there?"]


@pytest.mark.parametrize("make", ["nio", "mautrix"])
async def test_a_bot_that_encrypts_hears_and_answers(encrypted: EncryptedBridge, tmp_path: Path, make: str) -> None:
    address = encrypted.appservice.server
    (tmp_path / "keys").mkdir()
    anna: Talker = (
        MautrixTalker(address, "anna") if make == "mautrix" else NioTalker(address, "anna", tmp_path / "keys")
    )
    await anna.signs_up()
    try:
        room_id = await anna.creates_room(encrypted.bot.mxid)
        await anna.knows(room_id, encrypted.bot.mxid)
        for number in range(3):
            await anna.says(room_id, f"under stone {number}")
            await anna.hears(room_id, f"echo of under stone {number}")
    finally:
        await anna.closes()
    assert encrypted.deciphered == [f"under stone {number}" for number in range(3)]
    assert encrypted.heard == []
