"""Whatever is asked, as described or otherwise, nothing fails. The requests are made up by Schemathesis."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode

from tests.helpers.asgi import segment
from tests.helpers.openapi import document
from tests.helpers.people import Person
from tests.helpers.server import RunningServer

AS_DESCRIBED, OTHERWISE = 4, 6
"""How many requests are made up for each operation."""

LEAVING = ("/logout", "/logout/all", "/account/deactivate", "/account/password")
ADMIN_DOCUMENT = "/_sottovoce/admin/v1/openapi.json"


class Running(NamedTuple):
    """A server that runs as long as the runner's loop does, with somebody who may do everything."""

    runner: asyncio.Runner
    anna: Person
    real: dict[str, str]
    described: dict[str, Any]


@pytest.fixture
def running(tmp_path: Path, new_database: Callable[[], str | None]) -> Iterator[Running]:
    server = RunningServer(tmp_path, database=new_database())

    async def begin() -> tuple[Person, dict[str, str], dict[str, Any]]:
        await server.start()
        anna = await server.person("anna", is_admin=True)
        room_id = await anna.creates_room()
        real = {"room_id": room_id, "user_id": anna.user_id, "event_id": await anna.says(room_id, "ciao")}
        routes = [
            route
            for route in server.app.every_route()
            if not route.pattern.endswith(LEAVING) and "/admin/lock/" not in route.pattern
        ]
        return anna, real, document(routes, real, await anna.done("GET", ADMIN_DOCUMENT))

    with asyncio.Runner() as runner:
        yield Running(runner, *runner.run(begin()))
        runner.run(server.stop())


def test_nothing_fails(running: Running) -> None:
    for found in schemathesis.openapi.from_dict(running.described).get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr] # what is made of a bad document fails here
        _try(running, operation.as_strategy(), AS_DESCRIBED)
        if operation.body:
            filled = {each.name: running.real.get(each.name, "x") for each in operation.path_parameters}
            cases = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE, path_parameters=filled)
            _try(running, cases, OTHERWISE)


def _try(running: Running, cases: SearchStrategy[Any], examples: int) -> None:
    often = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )

    @often
    @given(case=cases)
    def ask(case: Any) -> None:
        running.runner.run(_ask(running.anna, case))

    ask()


async def _ask(anna: Person, case: Any) -> None:
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        path = path.replace(f"{{{name}}}", segment(str(value)))
    query = {**(case.query or {}), "timeout": 0}
    options = {} if case.body is schemathesis.core.NOT_SET else {"json": case.body}
    reply = await anna.request(case.method, path, query=query, **options)
    assert reply.status < 500, (case.method, path, query, case.body)
