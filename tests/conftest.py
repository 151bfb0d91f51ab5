"""Fixtures of all tests: a database of each engine, empty and with the program's schema.

Tests of the store run once per engine. All others run on SQLite, or on PostgreSQL with `--engine postgresql`.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import structlog

from sottovoce.infra.db.model import Database
from sottovoce.infra.db.open import database_at
from tests.helpers.postgres import PostgresCluster, find_binaries


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine", choices=("sqlite", "postgresql"), default="sqlite", help="what whole servers keep their data in"
    )


@pytest.fixture(autouse=True, scope="session")
def plain_logs() -> None:
    """Drawn tracebacks take a tenth of a second each: a server that fails on purpose would do little else."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[plain])


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """The tests' own cluster, started by the first test that asks."""
    with _cluster() as cluster:
        yield cluster


@pytest.fixture
def own_cluster() -> Iterator[PostgresCluster]:
    """A cluster that a test may break."""
    with _cluster() as cluster:
        yield cluster


def _cluster() -> PostgresCluster:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (on Debian: apt install postgresql)")
    return PostgresCluster(binaries)


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


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest) -> Callable[[], str | None]:
    """Gives each new server its `database` setting: None, for a file in its folder, or an empty database's address."""
    if request.config.getoption("engine") == "sqlite":
        return lambda: None
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    return cluster.new_database


@pytest.fixture
async def chosen_database(tmp_path: Path, new_database: Callable[[], str | None]) -> AsyncIterator[Database]:
    """A started database with the program's schema, of the engine chosen, for tests that are not about the store."""
    database = database_at(new_database() or tmp_path / "sottovoce.db")
    await database.start()
    yield database
    await database.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests of each kind passed."""
    passed = terminalreporter.stats.get("passed", [])
    kinds = Counter(report.nodeid.split("/")[1] for report in passed if report.nodeid.count("/") > 1)
    if len(kinds) > 1:
        terminalreporter.line(", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
