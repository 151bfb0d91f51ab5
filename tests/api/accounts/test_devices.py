"""The caller's devices."""

import pytest

from sottovoce.domains.accounts.service.sessions import LAST_SEEN_EVERY_MS
from tests.helpers.account_server import PASSWORD, AccountServer
from tests.helpers.asgi import Reply
from tests.helpers.people import Person

PROOF = {"type": "m.login.password", "password": PASSWORD}


@pytest.fixture
async def laptop(server: AccountServer, alice: Person) -> Person:
    """Another device of alice's."""
    return server.signed_in(await server.login(device_id="LAPTOP", initial_device_display_name="Laptop"))


async def names(person: Person) -> set[str]:
    return {device["device_id"] for device in (await person.done("GET", "devices"))["devices"]}


async def test_one_sees_all_of_ones_devices_and_nobody_elses(alice: Person, laptop: Person, bob: Person) -> None:
    assert await names(alice) == {alice.device_id, "LAPTOP"}
    assert await names(bob) == {bob.device_id}
    assert (await bob.get("devices/LAPTOP")).errcode == "M_NOT_FOUND"


async def test_a_device_tells_its_name_and_when_it_was_seen(server: AccountServer, laptop: Person) -> None:
    assert await laptop.done("GET", "devices/LAPTOP") == {
        "device_id": "LAPTOP",
        "display_name": "Laptop",
        "last_seen_ip": "127.0.0.1",
        "last_seen_ts": server.clock.now_ms(),
    }


async def test_a_device_without_a_name_tells_null(alice: Person) -> None:
    assert (await alice.done("GET", f"devices/{alice.device_id}"))["display_name"] is None


async def test_last_seen_follows_with_a_delay(server: AccountServer, laptop: Person) -> None:
    signed_in_at_ms = server.clock.now_ms()
    await laptop.done("GET", "account/whoami")
    server.clock.advance(LAST_SEEN_EVERY_MS - 1)
    await laptop.done("GET", "account/whoami")
    assert (await laptop.done("GET", "devices/LAPTOP"))["last_seen_ts"] == signed_in_at_ms
    server.clock.advance(1)
    laptop.client_ip = "203.0.113.9"
    await laptop.done("GET", "account/whoami")
    await laptop.done("PUT", "devices/LAPTOP", {"display_name": "written after it"})
    device = await laptop.done("GET", "devices/LAPTOP")
    assert device["last_seen_ts"] == server.clock.now_ms()
    assert device["last_seen_ip"] == "203.0.113.9"


async def test_a_device_is_renamed(alice: Person, laptop: Person) -> None:
    await alice.done("PUT", "devices/LAPTOP", {"display_name": "Old laptop"})
    await alice.done("PUT", "devices/LAPTOP", {})
    assert (await alice.done("GET", "devices/LAPTOP"))["display_name"] == "Old laptop"


@pytest.mark.parametrize(
    ("device_id", "body", "status", "errcode"),
    [
        ("NONE", {"display_name": "x"}, 404, "M_NOT_FOUND"),
        ("LAPTOP", {"display_name": "x" * 257}, 400, "M_INVALID_PARAM"),
        ("LAPTOP", {"display_name": 7}, 400, "M_BAD_JSON"),
    ],
)
async def test_a_name_that_cannot_be_given_is_refused(
    alice: Person, laptop: Person, device_id: str, body: dict[str, object], status: int, errcode: str
) -> None:
    reply = await alice.put(f"devices/{device_id}", body)
    assert (reply.status, reply.errcode) == (status, errcode)


async def delete(person: Person, device_id: str, auth: object) -> Reply:
    return await person.delete(f"devices/{device_id}", {"auth": auth})


async def test_deleting_a_device_has_to_be_proved(alice: Person, laptop: Person) -> None:
    told = await alice.delete("devices/LAPTOP")
    assert told.status == 401
    assert (await laptop.get("account/whoami")).status == 200
    assert (await delete(alice, "LAPTOP", PROOF | {"session": told.json["session"]})).status == 200
    assert (await laptop.get("account/whoami")).json["soft_logout"] is False
    assert await names(alice) == {alice.device_id}


async def test_deleting_a_device_again_is_done_already(alice: Person, laptop: Person) -> None:
    assert (await delete(alice, "LAPTOP", PROOF)).status == 200
    assert (await delete(alice, "LAPTOP", PROOF)).status == 200


async def test_a_proof_for_one_device_deletes_no_other(alice: Person, laptop: Person) -> None:
    told = await delete(alice, "LAPTOP", None)
    reply = await delete(alice, alice.device_id, {"session": told.json["session"]})
    assert reply.status == 401
    assert reply.json["session"] != told.json["session"]


async def test_several_devices_are_deleted_at_once(alice: Person, laptop: Person) -> None:
    body = {"devices": ["LAPTOP", alice.device_id, "NONE"]}
    assert (await alice.post("delete_devices", body)).status == 401
    assert (await alice.post("delete_devices", body | {"auth": PROOF})).status == 200
    assert (await laptop.get("account/whoami")).status == 401
    assert (await alice.get("account/whoami")).status == 401


async def test_nobody_deletes_a_device_of_somebody_else(laptop: Person, bob: Person) -> None:
    assert (await delete(bob, "LAPTOP", PROOF)).status == 200
    assert (await laptop.get("account/whoami")).status == 200


async def test_deleting_several_devices_names_them(alice: Person) -> None:
    assert (await alice.post("delete_devices", {})).errcode == "M_MISSING_PARAM"


async def test_of_too_many_devices_the_one_not_seen_for_longest_goes(
    server: AccountServer, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sottovoce.domains.accounts.service.sessions.MAX_DEVICES", 3)
    signed_in = []
    for name in ("A", "B"):
        server.clock.advance(LAST_SEEN_EVERY_MS)
        signed_in.append(server.signed_in(await server.login(device_id=name)))
    server.clock.advance(LAST_SEEN_EVERY_MS)
    await alice.done("GET", "account/whoami")
    server.clock.advance(1)
    await server.login(device_id="B")
    assert await names(alice) == {alice.device_id, "A", "B"}
    await server.login(device_id="C")
    assert await names(alice) == {alice.device_id, "B", "C"}
    reply = await signed_in[0].get("account/whoami")
    assert (reply.status, reply.errcode) == (401, "M_UNKNOWN_TOKEN")
    assert await names(bob) == {bob.device_id}


async def test_devices_that_were_too_many_already_go_together(
    server: AccountServer, alice: Person, laptop: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.clock.advance(1)
    auth = PROOF | {"identifier": {"type": "m.id.user", "user": "alice"}}
    token = (await alice.done("POST", "/_matrix/client/v1/login/get_token", {"auth": auth}))["login_token"]
    monkeypatch.setattr("sottovoce.domains.accounts.service.sessions.MAX_DEVICES", 1)
    reply = await laptop.request("POST", "login", json={"type": "m.login.token", "token": token, "device_id": "NEW"})
    assert await names(server.signed_in(reply)) == {"NEW"}
    assert (await alice.get("account/whoami")).status == 401
