"""Names and pictures."""

import pytest

from sottovoce.domains.changes.model import Change
from tests.helpers.account_server import AccountServer
from tests.helpers.asgi import segment
from tests.helpers.people import Person

AVATAR = "mxc://chat.example.org/picture"


def profile(person: Person, field: str = "") -> str:
    return f"profile/{segment(person.user_id)}" + (f"/{field}" if field else "")


async def test_a_new_account_has_an_empty_profile(alice: Person, bob: Person) -> None:
    assert await bob.done("GET", profile(alice)) == {}
    for field in ("displayname", "avatar_url", "m.tz"):
        reply = await bob.get(profile(alice, field))
        assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")


async def test_name_and_picture_are_seen_by_others(alice: Person, bob: Person) -> None:
    await alice.done("PUT", profile(alice, "displayname"), {"displayname": "Alice ☕"})
    await alice.done("PUT", profile(alice, "avatar_url"), {"avatar_url": AVATAR})
    assert await bob.done("GET", profile(alice)) == {"displayname": "Alice ☕", "avatar_url": AVATAR}
    assert await bob.done("GET", profile(alice, "displayname")) == {"displayname": "Alice ☕"}
    assert await bob.done("GET", profile(alice, "avatar_url")) == {"avatar_url": AVATAR}


@pytest.mark.parametrize("empty", [None, ""])
async def test_a_field_set_to_nothing_is_gone(alice: Person, empty: str | None) -> None:
    await alice.done("PUT", profile(alice, "displayname"), {"displayname": "Alice"})
    await alice.done("PUT", profile(alice, "displayname"), {"displayname": empty})
    await alice.done("PUT", profile(alice, "avatar_url"), {"avatar_url": empty})
    assert await alice.done("GET", profile(alice)) == {}


async def test_a_field_is_deleted(alice: Person) -> None:
    await alice.done("PUT", profile(alice, "avatar_url"), {"avatar_url": AVATAR})
    await alice.done("DELETE", profile(alice, "avatar_url"))
    assert (await alice.get(profile(alice, "avatar_url"))).status == 404


@pytest.mark.parametrize(
    ("field", "body", "status", "errcode"),
    [
        ("displayname", {}, 400, "M_MISSING_PARAM"),
        ("displayname", {"displayname": 7}, 400, "M_INVALID_PARAM"),
        ("displayname", {"displayname": "x" * 257}, 400, "M_INVALID_PARAM"),
        ("avatar_url", {"displayname": "x"}, 400, "M_MISSING_PARAM"),
        ("avatar_url", {"avatar_url": ["x"]}, 400, "M_INVALID_PARAM"),
        ("avatar_url", {"avatar_url": "https://example.org/x"}, 400, "M_INVALID_PARAM"),
        ("avatar_url", {"avatar_url": "mxc://only-a-server"}, 400, "M_INVALID_PARAM"),
        ("avatar_url", {"avatar_url": "mxc://server/" + "x" * 1000}, 400, "M_INVALID_PARAM"),
        ("m.tz", {"m.tz": "Not a zone"}, 400, "M_INVALID_PARAM"),
        ("m.tz", {"m.tz": None}, 400, "M_INVALID_PARAM"),
        ("org.example.job", {"org.example.other": 1}, 400, "M_MISSING_PARAM"),
        ("Org.example.job", {"Org.example.job": 1}, 400, "M_INVALID_PARAM"),
        ("a b", {"a b": 1}, 400, "M_INVALID_PARAM"),
        ("1.a", {"1.a": 1}, 400, "M_INVALID_PARAM"),
        ("a." + "x" * 254, {"a." + "x" * 254: 1}, 400, "M_KEY_TOO_LARGE"),
        ("org.example.job", {"org.example.job": "x" * 65_536}, 400, "M_PROFILE_TOO_LARGE"),
    ],
)
async def test_a_value_that_cannot_be_is_refused(
    alice: Person, field: str, body: dict[str, object], status: int, errcode: str
) -> None:
    reply = await alice.put(profile(alice, field), body)
    assert (reply.status, reply.errcode) == (status, errcode)


@pytest.mark.parametrize("base", ["profile", "/_matrix/client/unstable/uk.tcpip.msc4133/profile"])
async def test_other_fields_hold_any_json(alice: Person, bob: Person, base: str) -> None:
    values = {"m.tz": "Europe/Rome", "org.example.job": {"title": "☕", "since": [2020, None]}, "a.none": None}
    me = f"{base}/{segment(alice.user_id)}"
    await alice.done("PUT", profile(alice, "displayname"), {"displayname": "Alice"})
    for name, value in values.items():
        await alice.done("PUT", f"{me}/{name}", {name: value})
        assert await bob.done("GET", f"{me}/{name}") == {name: value}
    assert await bob.done("GET", me) == {"displayname": "Alice", **values}
    for _ in range(2):
        await alice.done("DELETE", f"{me}/m.tz")
    assert (await bob.get(f"{me}/m.tz")).errcode == "M_NOT_FOUND"


async def test_all_fields_together_stay_below_their_bound(alice: Person) -> None:
    for number in range(6):
        await alice.done("PUT", profile(alice, f"a.f{number}"), {f"a.f{number}": "x" * 10_880})
    reply = await alice.put(profile(alice, "displayname"), {"displayname": "é" * 256})
    assert (reply.status, reply.errcode) == (400, "M_PROFILE_TOO_LARGE")
    await alice.done("PUT", profile(alice, "a.f1"), {"a.f1": "small now"})
    await alice.done("PUT", profile(alice, "displayname"), {"displayname": "é" * 256})


@pytest.mark.parametrize("name", ["Org.example", "a." + "x" * 254])
async def test_a_field_of_no_possible_name_is_not_deleted(alice: Person, name: str) -> None:
    reply = await alice.delete(profile(alice, name))
    assert (reply.status, reply.errcode) == (400, "M_KEY_TOO_LARGE" if len(name) > 255 else "M_INVALID_PARAM")


async def test_other_fields_outlive_a_restart_and_are_announced_to_nobody(server: AccountServer, alice: Person) -> None:
    announced: list[Change] = []
    server.listen(announced.append)
    await alice.done("PUT", profile(alice, "m.tz"), {"m.tz": "Europe/Rome"})
    assert announced == []
    await server.restart()
    alice.app = server.app
    assert await alice.done("GET", profile(alice)) == {"m.tz": "Europe/Rome"}


async def test_nobody_changes_the_profile_of_somebody_else(alice: Person, bob: Person) -> None:
    for method, body in (("PUT", {"displayname": "x"}), ("DELETE", None)):
        reply = await bob.request(method, profile(alice, "displayname"), json=body)
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


@pytest.mark.parametrize(
    ("user_id", "status", "errcode"),
    [
        ("@nobody:chat.example.org", 404, "M_NOT_FOUND"),
        ("@alice:elsewhere.org", 404, "M_NOT_FOUND"),
        ("alice", 400, "M_INVALID_PARAM"),
    ],
)
async def test_there_is_no_profile_of_whoever_is_not_here(
    alice: Person, user_id: str, status: int, errcode: str
) -> None:
    reply = await alice.get(f"profile/{segment(user_id)}")
    assert (reply.status, reply.errcode) == (status, errcode)


async def test_strangers_are_told_nothing(server: AccountServer, alice: Person) -> None:
    reply = await server.client.get(f"/_matrix/client/v3/{profile(alice)}")
    assert (reply.status, reply.errcode) == (401, "M_MISSING_TOKEN")


async def test_a_change_is_announced_to_its_owner(server: AccountServer, alice: Person) -> None:
    announced: list[Change] = []
    server.listen(announced.append)
    await alice.done("PUT", profile(alice, "displayname"), {"displayname": "Alice"})
    assert [(change.stream, change.audience) for change in announced] == [("profiles", {alice.user_id})]
