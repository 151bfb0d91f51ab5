"""Password hashes: argon2id, in threads of their own, so many at a time and no more.

Memory is bounded by THREADS x MEMORY_KIB. The figures are among those OWASP recommends for argon2id.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
THREADS = 2
MAX_WAITING = 200

T = TypeVar("T")


class TooManyWaiting(Exception):
    """So many passwords are waiting to be hashed that another would wait too long."""


class Argon2Passwords:
    """Hashes and verifies; tests may ask for less memory and fewer passes."""

    def __init__(self, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES)
        self._nobodys_hash: str | None = None
        self._threads = ThreadPoolExecutor(THREADS, "passwords")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """What to store of a password. Raises TooManyWaiting."""
        return await self._in_thread(lambda: self._hasher.hash(_bytes(password)))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the hash is this password's. With None takes as long, and is False. Raises TooManyWaiting."""
        return await self._in_thread(lambda: self._verify(password, password_hash))

    def stop(self) -> None:
        """The threads end; what was still waiting is not done."""
        self._threads.shutdown(cancel_futures=True)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._waiting >= MAX_WAITING:
            raise TooManyWaiting
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def _verify(self, password: str, password_hash: str | None) -> bool:
        if password_hash is None:
            # Whether somebody exists must not be told by how long the answer takes.
            self._nobodys_hash = self._nobodys_hash or self._hasher.hash(b"nobody's password")
        try:
            self._hasher.verify(password_hash or self._nobodys_hash or "", _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
