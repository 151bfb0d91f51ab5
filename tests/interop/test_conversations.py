"""People with apps of different make talk in encrypted rooms, each pair both ways."""

import contextlib
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.helpers.server_process import ServerProcess
from tests.interop.js_talker import JsTalker
from tests.interop.mautrix_talker import MautrixTalker
from tests.interop.nio_talker import NioTalker
from tests.interop.talker import Talker

MAKES = ("nio", "mautrix", "js-sdk", "js-sdk-sliding")
SECRET = "under the seventh stone"

# mautrix warns of what it reads itself.
pytestmark = pytest.mark.filterwarnings("ignore:The (sender_key|device_id) field in Megolm events:DeprecationWarning")


def talker(make: str, address: str, name: str, folder: Path) -> Talker:
    """Somebody of this name with an app of this make; `folder` is for what it keeps."""
    if make == "nio":
        (folder / name).mkdir()
        return NioTalker(address, name, folder / name)
    if make == "mautrix":
        return MautrixTalker(address, name)
    return JsTalker(address, name, "sliding" if make == "js-sdk-sliding" else "classic")


@contextlib.asynccontextmanager
async def signed_up(make: str, server: ServerProcess, name: str, folder: Path) -> AsyncIterator[Talker]:
    somebody = talker(make, server.address, name, folder)
    await somebody.signs_up()
    try:
        yield somebody
    finally:
        await somebody.closes()


@pytest.mark.parametrize(("first", "second"), list(itertools.product(MAKES, MAKES)))
async def test_two_people_talk_and_the_server_cannot_read_it(
    server: ServerProcess, tmp_path: Path, first: str, second: str
) -> None:
    async with signed_up(first, server, "alice", tmp_path) as alice, signed_up(second, server, "bob", tmp_path) as bob:
        room_id = await alice.creates_room(bob.user_id)
        await bob.joins(room_id)
        await alice.knows(room_id, bob.user_id)
        await alice.says(room_id, SECRET)
        await bob.hears(room_id, SECRET)
        await bob.knows(room_id, alice.user_id)
        await bob.says(room_id, "I looked there 🦊")
        await alice.hears(room_id, "I looked there 🦊")
        for number in range(3):
            await alice.says(room_id, f"look again {number}")
            await bob.hears(room_id, f"look again {number}")
    assert not any(SECRET.encode() in path.read_bytes() for path in server.data.rglob("*") if path.is_file())
