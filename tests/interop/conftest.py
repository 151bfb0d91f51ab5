"""An installed server in a process of its own, fresh for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.helpers.server_process import ServerProcess


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(tmp_path)
    await server.start()
    yield server
    assert server.stop() == 0
    assert "http.failed" not in server.log.read_text()
