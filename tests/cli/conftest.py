"""Servers as people start them."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.helpers.server_process import ServerProcess


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A running server that is open to all."""
    server = ServerProcess(tmp_path)
    await server.start()
    yield server
    server.kill()


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server that was never started and has no settings but where its data goes."""
    server = ServerProcess(tmp_path, open_to_all=False)
    yield server
    server.kill()


@pytest.fixture
async def http(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """A client of nobody in particular."""
    async with httpx.AsyncClient(timeout=60) as client:
        yield client
