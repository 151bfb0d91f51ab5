"""Every operation of the specification is served, or there is a reason; and nothing else is served in its name."""

import pytest

from sottovoce.http.routing import Route
from tests.helpers import spec
from tools.spec_coverage import NOT_SERVED, program_routes, served_names, unknown


@pytest.fixture(scope="module")
def routes() -> list[Route]:
    return program_routes()


def test_what_is_not_served_exists() -> None:
    assert NOT_SERVED.keys() <= {operation.name for operation in spec.facts().operations}


def test_what_is_served_needs_no_reason(routes: list[Route]) -> None:
    assert served_names(routes) & NOT_SERVED.keys() == set(), "take these out of tools/spec_coverage.py"


def test_nothing_is_served_under_a_released_prefix_that_the_specification_does_not_know(routes: list[Route]) -> None:
    assert list(unknown(routes)) == []
