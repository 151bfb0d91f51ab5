"""Stored filters."""

import pytest

from sottovoce.protocol.ids import UserId
from tests.helpers.account_server import AccountServer
from tests.helpers.asgi import segment
from tests.helpers.people import Person

FILTER = {"room": {"timeline": {"limit": 5, "types": ["m.room.message"]}}, "it.unknown": True}


def filters(person: Person, filter_id: str = "") -> str:
    return f"user/{segment(person.user_id)}/filter" + (f"/{segment(filter_id)}" if filter_id else "")


async def add(person: Person, definition: object) -> str:
    filter_id: str = (await person.done("POST", filters(person), definition))["filter_id"]
    return filter_id


async def test_a_filter_is_got_as_it_was_stored(server: AccountServer, alice: Person) -> None:
    filter_id = await add(alice, FILTER)
    assert not filter_id.startswith("{")
    await server.restart()
    assert await alice.done("GET", filters(alice, filter_id)) == FILTER
    found = await server.accounts.filters.find(UserId(alice.user_id), filter_id)
    assert found.room.timeline.limit_events == 5


async def test_the_same_filter_twice_is_one(server: AccountServer, alice: Person, bob: Person) -> None:
    assert await add(alice, FILTER) == await add(alice, FILTER) != await add(alice, {})
    await add(bob, FILTER)
    assert await server.count("SELECT count(*) FROM filters") == 3


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        (b'{"room": 7}', "M_BAD_JSON"),
        (b'{"event_format": "other"}', "M_BAD_JSON"),
        (b'{"room": {"rooms": ["not a room"]}}', "M_BAD_JSON"),
        (b"[]", "M_BAD_JSON"),
        (b"", "M_NOT_JSON"),
        (b"{", "M_NOT_JSON"),
    ],
)
async def test_what_is_no_filter_is_refused(alice: Person, body: bytes, errcode: str) -> None:
    reply = await alice.request("POST", filters(alice), body=body)
    assert (reply.status, reply.errcode) == (400, errcode)


async def test_a_filter_that_was_not_stored_is_not_found(alice: Person, bob: Person) -> None:
    filter_id = await add(alice, FILTER)
    for reply in (await alice.get(filters(alice, "none")), await bob.get(filters(bob, filter_id))):
        assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")


async def test_filters_are_their_owners(alice: Person, bob: Person) -> None:
    filter_id = await add(alice, FILTER)
    for reply in (await bob.get(filters(alice, filter_id)), await bob.post(filters(alice), {})):
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_a_filter_is_not_larger_than_its_bound(alice: Person) -> None:
    reply = await alice.post(filters(alice), {"event_fields": ["x" * 100_000]})
    assert (reply.status, reply.errcode) == (413, "M_TOO_LARGE")


async def test_an_account_keeps_so_many_filters_and_no_more(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sottovoce.domains.accounts.service.filters.MAX_FILTERS", 2)
    first = await add(alice, FILTER)
    await add(alice, {})
    reply = await alice.post(filters(alice), {"presence": {"limit": 1}})
    assert (reply.status, reply.errcode) == (403, "M_USER_LIMIT_EXCEEDED")
    assert reply.json["info_uri"] == "https://chat.example.org"
    assert await add(alice, FILTER) == first
    await add(bob, FILTER)
