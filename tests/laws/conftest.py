"""The laws hold on both engines, whatever whole servers keep their data in elsewhere."""

from collections.abc import Callable

import pytest

from tests.helpers.postgres import PostgresCluster


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> Callable[[], str | None]:
    """Gives each new server its `database` setting, as the fixture of this name does for all other tests."""
    if request.param == "sqlite":
        return lambda: None
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    return cluster.new_database
