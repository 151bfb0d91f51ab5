"""What clients keep for their owner."""

import pytest

from tests.helpers.asgi import segment
from tests.helpers.people import Person

ROOM = "!room:chat.example.org"


def data(person: Person, data_type: str = "it.test", room_id: str | None = None) -> str:
    room = "" if room_id is None else f"/rooms/{segment(room_id)}"
    return f"user/{segment(person.user_id)}{room}/account_data/{segment(data_type)}"


@pytest.mark.parametrize("room_id", [None, ROOM])
async def test_what_is_put_is_got(alice: Person, room_id: str | None) -> None:
    path = data(alice, "it.test/with slash", room_id)
    await alice.done("PUT", path, {"first": 1, "nested": {"à": [None, True]}})
    await alice.done("PUT", path, {"second": 2.5})
    assert await alice.done("GET", path) == {"second": 2.5}


async def test_rooms_and_the_person_are_kept_apart(alice: Person) -> None:
    await alice.done("PUT", data(alice), {"of": "alice"})
    await alice.done("PUT", data(alice, room_id=ROOM), {"of": "the room"})
    assert await alice.done("GET", data(alice)) == {"of": "alice"}
    assert (await alice.get(data(alice, room_id="!other:chat.example.org"))).errcode == "M_NOT_FOUND"


async def test_nothing_kept_is_not_found(alice: Person) -> None:
    reply = await alice.get(data(alice))
    assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")


async def test_nobody_reads_or_writes_what_is_somebody_elses(alice: Person, bob: Person) -> None:
    await alice.done("PUT", data(alice), {})
    for reply in (await bob.get(data(alice)), await bob.put(data(alice), {}), await bob.get(data(alice, room_id=ROOM))):
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


@pytest.mark.parametrize("data_type", ["m.fully_read", "m.push_rules"])
@pytest.mark.parametrize("room_id", [None, ROOM])
async def test_types_of_the_server_are_not_for_clients(alice: Person, data_type: str, room_id: str | None) -> None:
    reply = await alice.put(data(alice, data_type, room_id), {"event_id": "$x"})
    assert (reply.status, reply.errcode) == (405, "M_BAD_JSON")


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        ("it.test", b"not json", "M_NOT_JSON"),
        ("it.test", b"", "M_NOT_JSON"),
        ("it.test", b"[]", "M_BAD_JSON"),
        ("x" * 256, b"{}", "M_INVALID_PARAM"),
    ],
)
async def test_what_cannot_be_kept_is_refused(alice: Person, path: str, body: bytes, errcode: str) -> None:
    reply = await alice.request("PUT", data(alice, path), body=body)
    assert (reply.status, reply.errcode) == (400, errcode)


async def test_a_room_id_that_is_none_is_refused(alice: Person) -> None:
    reply = await alice.put(data(alice, room_id="room"), {})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


def removed(person: Person, path: str) -> str:
    return f"/_matrix/client/unstable/org.matrix.msc3391/user/{segment(person.user_id)}/{path}"


@pytest.mark.parametrize("path", ["account_data/org.example.a", "rooms/!r:test/account_data/org.example.a"])
async def test_what_is_removed_is_not_kept(alice: Person, path: str) -> None:
    at = f"user/{segment(alice.user_id)}/{path}"
    await alice.done("PUT", at, {"a": 1})
    for _ in range(2):
        await alice.done("DELETE", removed(alice, path))
        reply = await alice.get(at)
        assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")
    await alice.done("PUT", at, {})
    assert await alice.done("GET", at) == {}


async def test_what_the_server_writes_and_what_is_anothers_is_not_removed(alice: Person, bob: Person) -> None:
    reply = await alice.delete(removed(alice, "account_data/m.push_rules"))
    assert (reply.status, reply.errcode) == (405, "M_BAD_JSON")
    reply = await alice.delete(removed(bob, "account_data/a"))
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_an_account_keeps_so_much_and_no_more(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sottovoce.domains.accounts.service.account_data.MAX_ACCOUNT_DATA_ITEMS", 1)
    at = f"user/{segment(alice.user_id)}/account_data"
    await alice.done("PUT", f"{at}/a", {"a": 1})
    reply = await alice.put(f"{at}/b", {"a": 1})
    assert (reply.status, reply.errcode) == (403, "M_USER_LIMIT_EXCEEDED")
    assert reply.json["info_uri"] == "https://chat.example.org"
    await alice.done("PUT", f"{at}/a", {"a": 2})
