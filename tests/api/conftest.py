"""A server and three people, fresh for every test."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.helpers.people import Person
from tests.helpers.server import RunningServer


@pytest.fixture
async def homeserver(tmp_path: Path, new_database: Callable[[], str | None]) -> AsyncIterator[RunningServer]:
    server = RunningServer(tmp_path, database=new_database())
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def alice(homeserver: RunningServer) -> Person:
    return await homeserver.person("alice")


@pytest.fixture
async def bob(homeserver: RunningServer) -> Person:
    return await homeserver.person("bob")


@pytest.fixture
async def carol(homeserver: RunningServer) -> Person:
    return await homeserver.person("carol")


@pytest.fixture
async def a_room(alice: Person, bob: Person) -> str:
    """A private room that alice made, with bob in it."""
    room_id = await alice.creates_room(invite=[bob.user_id])
    await bob.joins(room_id)
    return room_id
