"""matrix-js-sdk, with the Rust SDK's cryptography, as a talker: a Node process that is told what to do, a line each."""

import asyncio
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import msgspec

from tests.interop.talker import NEWS_WITHIN_S

_PROGRAM = Path(__file__).parent / "js_sdk" / "talker.mjs"
_LINE_LIMIT_BYTES = 1 << 20


class JsTalker:
    """sync: "classic", or "sliding" for simplified sliding sync."""

    user_id = ""
    _process: Process

    def __init__(self, address: str, name: str, sync: str = "classic") -> None:
        self._address = address
        self._name = name
        self._sync = sync

    async def signs_up(self) -> None:
        """Implements Talker."""
        arguments = (str(_PROGRAM), self._address, self._name, self._sync)
        self._process = await asyncio.create_subprocess_exec(
            "node", *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=_LINE_LIMIT_BYTES
        )
        self.user_id = await self._asks("signsUp")

    async def creates_room(self, invited: str) -> str:
        """Implements Talker."""
        return str(await self._asks("createsRoom", invited))

    async def joins(self, room_id: str) -> None:
        """Implements Talker."""
        await self._asks("joins", room_id)

    async def knows(self, room_id: str, user_id: str) -> None:
        """Implements Talker."""
        await self._asks("knows", room_id, user_id)

    async def says(self, room_id: str, text: str) -> str:
        """Implements Talker."""
        return str(await self._asks("says", room_id, text))

    async def hears(self, room_id: str, text: str) -> None:
        """Implements Talker."""
        await self._asks("hears", room_id, text)

    async def closes(self) -> None:
        """Implements Talker."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(NEWS_WITHIN_S):
            await self._process.communicate()

    async def _asks(self, verb: str, *arguments: str) -> Any:
        """What the verb came to. A verb that fails says why."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(msgspec.json.encode([verb, *arguments]) + b"\n")
        async with asyncio.timeout(2 * NEWS_WITHIN_S):
            line = await stdout.readline()
        if not line:
            raise AssertionError((await self._process.communicate())[1].decode())
        told = msgspec.json.decode(line)
        assert "error" not in told, told["error"]
        return told["result"]
