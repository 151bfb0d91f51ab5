"""What is true of each and every route, without naming any."""

import itertools
import re
from collections.abc import Callable, Iterator

import msgspec
import pytest

from sottovoce.http.routing import Auth, Route
from tests.helpers import hostile, spec
from tests.helpers.asgi import AsgiClient, segment
from tests.helpers.people import Person
from tests.helpers.samples import sample
from tests.helpers.server import RunningServer

LEAVING = ("/logout", "/logout/all", "/account/deactivate")
"""What ends the caller's session."""

LAST = ("/leave", "/forget", "/upgrade")
"""What ends the room: asked after all others."""

NEVER = ("/account_data/m.push_rules", "/account_data/m.fully_read")
"""What is refused whatever the body is."""

NO_JSON = (b"{", b'{"x":', b"nul", b"\xff\xfe{\x00}\x00")
NO_OBJECT = (b"[]", b"null", b"7", b'"x"')

Fill = Callable[[str], str]


@pytest.fixture
async def alice(homeserver: RunningServer) -> Person:
    """Somebody who may do whatever can be done."""
    return await homeserver.person("alice", is_admin=True)


@pytest.fixture
async def fill(alice: Person, bob: Person, a_room: str) -> Fill:
    """Makes a path of a pattern, with names of what is there."""
    names = {
        "roomId": segment(a_room),
        "roomIdOrAlias": segment(a_room),
        "eventId": segment(await alice.says(a_room, "under the seventh stone")),
        "userId": segment(alice.user_id),
        "eventType": "m.room.message",
        "receiptType": "m.read",
        "deviceId": alice.device_id,
        "keyName": "displayname",
        "kind": "override",
    }
    names |= {re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name): value for name, value in names.items()}
    txn_ids = itertools.count()

    def filled(name: re.Match[str]) -> str:
        if name[1] == "txn_id":
            return str(next(txn_ids))
        if name[1] == "user_id" and "/admin/" in name.string:
            return segment(bob.user_id)
        return names.get(name[1], "x")

    return lambda pattern: re.sub(r"\{(\w+)\}", filled, pattern)


def routes(homeserver: RunningServer) -> list[Route]:
    """What is served, but for what ends the caller's session."""
    found = [route for route in homeserver.app.every_route() if not route.pattern.endswith(LEAVING)]
    return sorted(found, key=lambda route: route.pattern.endswith(LAST))


def served(homeserver: RunningServer) -> Iterator[tuple[Route, spec.Operation]]:
    """The operations of the specification that are served, with their routes."""
    for route in homeserver.app.every_route():
        for operation in spec.operations_at(route.method, route.pattern):
            yield route, operation


def served_with_body(homeserver: RunningServer) -> Iterator[tuple[Route, spec.Operation]]:
    """As `served`, those that take a body, but for what ends the caller's session."""
    for route in routes(homeserver):
        for operation in spec.operations_at(route.method, route.pattern):
            if operation.body is not None:
                yield route, operation


async def test_an_unknown_method_is_told_apart_from_an_unknown_path(homeserver: RunningServer, fill: Fill) -> None:
    nobody = AsgiClient(homeserver.app.http)
    for route in homeserver.app.every_route():
        if not route.pattern.startswith("/_"):
            continue
        reply = await nobody.request("PATCH", fill(route.pattern))
        assert (reply.status, reply.errcode) == (405, "M_UNRECOGNIZED"), route.pattern
        reply = await nobody.request(route.method, fill(route.pattern) + "/no/such/thing/as/this")
        assert (reply.status, reply.errcode) == (404, "M_UNRECOGNIZED"), route.pattern


async def test_who_calls_must_be_known_where_the_specification_says_so(homeserver: RunningServer, fill: Fill) -> None:
    nobody, stranger = AsgiClient(homeserver.app.http), AsgiClient(homeserver.app.http, "not a token")
    for route, operation in served(homeserver):
        if not operation.needs_token:
            continue
        for client, errcode in ((nobody, "M_MISSING_TOKEN"), (stranger, "M_UNKNOWN_TOKEN")):
            reply = await client.request(route.method, fill(route.pattern), body=b"{}")
            assert (reply.status, reply.errcode) == (401, errcode), (route.method, route.pattern)


async def test_nobody_has_to_sign_in_for_what_is_open_to_all(homeserver: RunningServer, fill: Fill) -> None:
    nobody = AsgiClient(homeserver.app.http)
    for route, operation in served(homeserver):
        if not operation.needs_token and route.auth is Auth.NONE:
            reply = await nobody.request(route.method, fill(route.pattern), body=b"{}")
            assert b"M_MISSING_TOKEN" not in reply.body, (route.method, route.pattern)


async def test_no_body_makes_any_route_fail(homeserver: RunningServer, alice: Person, fill: Fill) -> None:
    for route in routes(homeserver):
        if route.method not in ("POST", "PUT", "DELETE"):
            continue
        for body in hostile.BODIES:
            reply = await alice.request(route.method, fill(route.pattern), body=body)
            assert reply.status < 500, (route.method, route.pattern, body[:200])


async def test_what_is_no_json_is_told_apart_from_what_is_no_object(
    homeserver: RunningServer, alice: Person, fill: Fill
) -> None:
    otherwise = []
    for route, _ in served_with_body(homeserver):
        if route.pattern.endswith(NEVER):
            continue
        for bodies, errcode in ((NO_JSON, "M_NOT_JSON"), (NO_OBJECT, "M_BAD_JSON")):
            for body in bodies:
                reply = await alice.request(route.method, fill(route.pattern), body=body)
                if (reply.status, reply.errcode) != (400, errcode):
                    otherwise.append((route.method, route.pattern, body, reply.status, reply.errcode))
    assert otherwise == []


async def test_no_field_of_any_body_makes_it_fail(homeserver: RunningServer, alice: Person, fill: Fill) -> None:
    for route, operation in served_with_body(homeserver):
        for body in hostile.spoilt(sample(operation.body)):
            reply = await alice.request(route.method, fill(route.pattern), body=body)
            assert reply.status < 500, (route.method, route.pattern, body[:200])


async def test_no_argument_of_any_query_makes_it_fail(homeserver: RunningServer, alice: Person, fill: Fill) -> None:
    for route in routes(homeserver):
        for operation in spec.operations_at(route.method, route.pattern):
            usual = {name: str(sample(schema)) for name, schema in operation.query.items()}
            for name, text in itertools.product(usual, hostile.TEXTS):
                query: dict[str, object] = {**usual, "timeout": "0", name: text}
                reply = await alice.request(route.method, fill(route.pattern), query=query, body=b"{}")
                assert reply.status < 500, (route.method, route.pattern, query)


async def test_a_field_nobody_knows_changes_nothing(homeserver: RunningServer, alice: Person, fill: Fill) -> None:
    for route, operation in served_with_body(homeserver):
        if operation.body.keys() & {"additionalProperties", "patternProperties"}:
            continue
        body = sample(operation.body)
        replies = [
            await alice.request(route.method, fill(route.pattern), body=msgspec.json.encode(body | more))
            for more in ({}, {"org.example.unknown": {"a": [1, None]}})
        ]
        assert (replies[0].status == 400) == (replies[1].status == 400), (route.method, route.pattern, replies)
