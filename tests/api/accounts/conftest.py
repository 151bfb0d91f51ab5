"""A server of accounts and a person, fresh for every test."""

import pytest

from sottovoce.infra.db.model import Database
from tests.helpers.account_server import AccountServer
from tests.helpers.people import Person


@pytest.fixture
async def server(chosen_database: Database) -> AccountServer:
    """A server where anybody may register."""
    server = AccountServer(chosen_database)
    await server.start()
    return server


@pytest.fixture
async def closed_server(chosen_database: Database) -> AccountServer:
    """A server where nobody may register without being invited."""
    server = AccountServer(chosen_database, registration="closed")
    await server.start()
    return server


@pytest.fixture
async def alice(server: AccountServer) -> Person:
    return await server.person("alice")


@pytest.fixture
async def bob(server: AccountServer) -> Person:
    return await server.person("bob")
