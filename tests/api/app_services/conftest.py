"""A server with a bridge to IRC."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.helpers.app_service import Bridge, Ghost, written
from tests.helpers.server import RunningServer


@pytest.fixture
async def homeserver(tmp_path: Path, new_database: Callable[[], str | None]) -> AsyncIterator[RunningServer]:
    server = RunningServer(
        tmp_path, database=new_database(), registration="open", rate_limits="on", app_services=str(written(tmp_path))
    )
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def bot(homeserver: RunningServer) -> Ghost:
    """The user that the bridge acts as unless it says otherwise."""
    return Ghost(homeserver, None)


@pytest.fixture
async def bridge(tmp_path: Path, new_database: Callable[[], str | None]) -> AsyncIterator[Bridge]:
    """A bridge that listens, and the server that tells it what happens."""
    async with Bridge() as listening:
        file = written(tmp_path, url=f"{listening.address}/irc", **listening.wishes)
        server = RunningServer(tmp_path, database=new_database(), app_services=str(file))
        listening.homeserver = server
        await server.start()
        yield listening
        await server.stop()
