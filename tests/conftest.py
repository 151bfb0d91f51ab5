"""Fixtures of all tests: a database of each engine, empty and with the program's schema."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from sottovoce.infra.db.model import Database
from sottovoce.infra.db.open import database_at
from tests.helpers.postgres import PostgresCluster, find_binaries


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """The tests' own cluster, started by the first test that asks."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (on Debian: apt install postgresql)")
    with PostgresCluster(binaries) as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database may be; the test runs once per engine."""
    if request.param == "sqlite":
        return str(tmp_path / "sottovoce.db")
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    return cluster.new_database()


@pytest.fixture
async def database(database_address: str) -> AsyncIterator[Database]:
    """A started database with the program's schema; the test runs once per engine."""
    database = database_at(database_address)
    await database.start()
    yield database
    await database.stop()


@pytest.fixture
async def sqlite_database(tmp_path: Path) -> AsyncIterator[Database]:
    """A started SQLite database with the program's schema, for tests that are not about the store."""
    database = database_at(tmp_path / "sottovoce.db")
    await database.start()
    yield database
    await database.stop()
