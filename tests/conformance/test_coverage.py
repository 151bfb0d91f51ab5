"""Every operation of the specification is served, or there is a reason; and nothing else is served in its name."""

import pytest

from sottovoce.http.client.versions import VERSIONS
from sottovoce.http.routing import Route
from tests.helpers import spec
from tools.spec_coverage import NOT_SERVED, PAGE, page, program_routes, served_names, unknown


@pytest.fixture(scope="module")
def routes() -> list[Route]:
    return program_routes()


def test_what_is_not_served_has_a_reason(routes: list[Route]) -> None:
    names = {operation.name for operation in spec.facts().operations}
    assert names - served_names(routes) == NOT_SERVED.keys()


def test_the_page_says_what_is_served(routes: list[Route]) -> None:
    assert PAGE.read_text("utf-8") == page(served_names(routes)), "run: python -m tools.spec_coverage"


def test_nothing_else_is_served_under_a_released_prefix(routes: list[Route]) -> None:
    assert list(unknown(routes)) == []


def test_every_version_of_the_specification_is_told() -> None:
    newest = max(int(operation.since.partition(".")[2]) for operation in spec.facts().operations)
    assert VERSIONS[-1] == "v1.19"
    assert f"v1.{newest}" in VERSIONS
