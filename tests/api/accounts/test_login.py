"""Signing in and out, and the life of tokens."""

import pytest

from sottovoce.domains.accounts.service.failed_logins import PER_ACCOUNT_AND_ADDRESS
from sottovoce.infra.db.model import Database
from tests.helpers.account_server import PASSWORD, AccountServer
from tests.helpers.asgi import AsgiClient, Reply
from tests.helpers.people import Person

LOGIN = "/_matrix/client/v3/login"
HOUR_MS = 3_600_000


async def post_login(server: AccountServer, body: dict[str, object]) -> Reply:
    return await server.client.post(LOGIN, {"type": "m.login.password", "password": PASSWORD} | body)


async def refresh(server: AccountServer, token: str) -> Reply:
    return await server.client.post("/_matrix/client/v3/refresh", {"refresh_token": token})


async def whoami(server: AccountServer, token: str) -> Reply:
    return await AsgiClient(server.app, token).get("/_matrix/client/v3/account/whoami")


async def test_a_password_or_a_login_token_signs_in(server: AccountServer) -> None:
    reply = await server.client.get(LOGIN)
    assert reply.json == {"flows": [{"type": "m.login.password"}, {"type": "m.login.token", "get_login_token": True}]}


@pytest.mark.parametrize("name", ["alice", "@alice:chat.example.org", "Alice", "@ALICE:Chat.Example.Org"])
async def test_a_name_signs_in_whole_or_in_part_in_any_capitals(
    server: AccountServer, alice: Person, name: str
) -> None:
    reply = await server.login(name)
    assert reply.status == 200
    assert reply.json["user_id"] == alice.user_id
    assert (await whoami(server, reply.json["access_token"])).json["device_id"] == reply.json["device_id"]


async def test_the_deprecated_user_field_signs_in(server: AccountServer, alice: Person) -> None:
    assert (await post_login(server, {"user": "alice"})).json["user_id"] == alice.user_id


async def test_without_refresh_support_a_token_never_expires(server: AccountServer, alice: Person) -> None:
    reply = await server.login()
    assert "refresh_token" not in reply.json
    assert "expires_in_ms" not in reply.json
    server.clock.advance(1000 * HOUR_MS)
    assert (await whoami(server, reply.json["access_token"])).status == 200


@pytest.mark.parametrize(
    ("body", "status", "errcode"),
    [
        ({"identifier": {"type": "m.id.user", "user": "alice"}, "password": "wrong"}, 403, "M_FORBIDDEN"),
        ({"identifier": {"type": "m.id.user", "user": "nobody"}}, 403, "M_FORBIDDEN"),
        ({"identifier": {"type": "m.id.user", "user": "@alice:elsewhere.org"}}, 403, "M_FORBIDDEN"),
        ({"identifier": {"type": "m.id.user", "user": "Ünicode"}}, 403, "M_FORBIDDEN"),
        ({"identifier": {"type": "m.id.thirdparty", "medium": "email", "address": "a@b.c"}}, 403, "M_FORBIDDEN"),
        ({"identifier": {"type": "m.id.phone", "country": "IT", "phone": "1"}}, 403, "M_FORBIDDEN"),
        ({"medium": "email", "address": "a@b.c"}, 403, "M_FORBIDDEN"),
        ({"identifier": {"type": "m.id.other"}}, 400, "M_INVALID_PARAM"),
        ({"identifier": {"type": "m.id.user"}}, 400, "M_INVALID_PARAM"),
        ({}, 400, "M_INVALID_PARAM"),
        ({"user": "alice", "password": None}, 400, "M_MISSING_PARAM"),
        ({"user": "alice", "type": "m.login.other"}, 400, "M_UNKNOWN"),
        ({"user": "alice", "type": None}, 400, "M_BAD_JSON"),
        ({"user": "alice", "device_id": "x" * 256}, 400, "M_INVALID_PARAM"),
        ({"user": "alice", "device_id": ""}, 400, "M_INVALID_PARAM"),
        ({"user": "alice", "initial_device_display_name": "x" * 257}, 400, "M_INVALID_PARAM"),
    ],
)
async def test_a_login_that_cannot_be_is_refused(
    server: AccountServer, alice: Person, body: dict[str, object], status: int, errcode: str
) -> None:
    reply = await post_login(server, body)
    assert (reply.status, reply.errcode) == (status, errcode)


async def test_signing_in_again_on_a_device_keeps_its_name_and_voids_its_tokens(
    server: AccountServer, alice: Person
) -> None:
    first = await server.login(device_id="PHONE", initial_device_display_name="Alice's phone", refresh_token=True)
    second = await server.login(device_id="PHONE", initial_device_display_name="Another name")
    assert second.json["device_id"] == "PHONE"
    assert (await whoami(server, first.json["access_token"])).errcode == "M_UNKNOWN_TOKEN"
    assert (await refresh(server, first.json["refresh_token"])).errcode == "M_UNKNOWN_TOKEN"
    device = await server.signed_in(second).done("GET", "devices/PHONE")
    assert device["display_name"] == "Alice's phone"


async def test_wrong_passwords_are_slowed_even_before_a_right_one(server: AccountServer, alice: Person) -> None:
    for _ in range(PER_ACCOUNT_AND_ADDRESS.burst):
        assert (await server.login(password="wrong")).status == 403
    verified = server.passwords.verified
    reply = await server.login()
    assert (reply.status, reply.errcode) == (429, "M_LIMIT_EXCEEDED")
    assert server.passwords.verified == verified
    assert 0 < reply.json["retry_after_ms"] <= PER_ACCOUNT_AND_ADDRESS.refill_ms
    assert int(reply.headers["retry-after"]) * 1000 >= reply.json["retry_after_ms"]
    server.clock.advance(reply.json["retry_after_ms"])
    assert (await server.login()).status == 200


async def test_wrong_passwords_from_one_address_do_not_keep_the_owner_out(server: AccountServer, alice: Person) -> None:
    server.client.client_ip = "203.0.113.9"
    for _ in range(PER_ACCOUNT_AND_ADDRESS.burst + 1):
        await server.login(password="wrong")
    assert (await server.login()).status == 429
    server.client.client_ip = "198.51.100.7"
    assert (await server.login()).status == 200


async def test_right_passwords_are_never_slowed(server: AccountServer, alice: Person) -> None:
    for _ in range(3 * PER_ACCOUNT_AND_ADDRESS.burst):
        assert (await server.login()).status == 200


async def test_nobody_signs_in_before_the_server_has_its_name(chosen_database: Database) -> None:
    server = AccountServer(chosen_database)
    await server.start(name=None)
    assert (await server.login()).errcode == "M_FORBIDDEN"
    assert (await server.client.get(LOGIN)).status == 403


@pytest.mark.parametrize("token", ["unknown", "", "ünknown"])
async def test_a_token_that_was_never_given_opens_nothing(server: AccountServer, token: str) -> None:
    reply = await server.client.get("/_matrix/client/v3/devices", headers={"Authorization": f"Bearer {token}"})
    assert (reply.status, reply.errcode) == (401, "M_UNKNOWN_TOKEN")
    assert reply.json["soft_logout"] is False


async def test_a_request_without_a_token_is_told_so(server: AccountServer) -> None:
    reply = await server.client.get("/_matrix/client/v3/devices")
    assert (reply.status, reply.errcode) == (401, "M_MISSING_TOKEN")


async def test_logout_ends_this_device_and_no_other(server: AccountServer, alice: Person) -> None:
    other = server.signed_in(await server.login(refresh_token=True))
    await alice.done("POST", "logout")
    assert (await alice.get("account/whoami")).errcode == "M_UNKNOWN_TOKEN"
    assert [device["device_id"] for device in (await other.done("GET", "devices"))["devices"]] == [other.device_id]


async def test_logout_all_ends_every_device(server: AccountServer, alice: Person) -> None:
    reply = await server.login(refresh_token=True)
    await alice.done("POST", "logout/all")
    for token in (alice.token, reply.json["access_token"]):
        assert (await whoami(server, str(token))).json["soft_logout"] is False
    assert (await refresh(server, reply.json["refresh_token"])).errcode == "M_UNKNOWN_TOKEN"


async def test_tokens_outlive_a_restart_and_a_logout_too(server: AccountServer, alice: Person) -> None:
    other = await server.login()
    await alice.done("POST", "logout")
    await server.restart()
    assert (await whoami(server, str(alice.token))).status == 401
    assert (await whoami(server, other.json["access_token"])).status == 200


async def test_an_expired_token_is_a_soft_logout_that_a_refresh_mends(server: AccountServer, alice: Person) -> None:
    old = (await server.login(refresh_token=True)).json
    assert old["expires_in_ms"] == HOUR_MS
    server.clock.advance(HOUR_MS)
    expired = await whoami(server, old["access_token"])
    assert (expired.status, expired.errcode, expired.json["soft_logout"]) == (401, "M_UNKNOWN_TOKEN", True)
    new = (await refresh(server, old["refresh_token"])).json
    assert new["expires_in_ms"] == HOUR_MS
    assert (await whoami(server, new["access_token"])).json["device_id"] == old["device_id"]


async def test_old_tokens_stay_valid_until_a_new_one_is_used(server: AccountServer, alice: Person) -> None:
    old = (await server.login(refresh_token=True)).json
    lost = (await refresh(server, old["refresh_token"])).json
    again = await refresh(server, old["refresh_token"])
    assert again.status == 200
    assert lost["refresh_token"] != again.json["refresh_token"]
    assert (await whoami(server, old["access_token"])).status == 200
    assert (await whoami(server, again.json["access_token"])).status == 200
    for spent in (await refresh(server, old["refresh_token"]), await whoami(server, old["access_token"])):
        assert (spent.status, spent.json["soft_logout"]) == (401, True)


async def test_using_the_new_refresh_token_revokes_the_old_one(server: AccountServer, alice: Person) -> None:
    old = (await server.login(refresh_token=True)).json
    new = (await refresh(server, old["refresh_token"])).json
    newest = (await refresh(server, new["refresh_token"])).json
    assert (await refresh(server, old["refresh_token"])).status == 401
    assert (await whoami(server, new["access_token"])).status == 200
    assert (await whoami(server, newest["access_token"])).status == 200
    assert (await whoami(server, new["access_token"])).status == 401


async def test_a_device_that_refreshes_for_long_leaves_no_heap_of_tokens(server: AccountServer, alice: Person) -> None:
    tokens = (await server.login(device_id="PHONE", refresh_token=True)).json
    for _ in range(5):
        tokens = (await refresh(server, tokens["refresh_token"])).json
        await whoami(server, tokens["access_token"])
    assert await server.count("SELECT count(*) FROM tokens WHERE device_id = 'PHONE'") == 4


@pytest.mark.parametrize(
    ("body", "errcode", "status"),
    [
        ({}, "M_MISSING_PARAM", 400),
        ({"refresh_token": 1}, "M_BAD_JSON", 400),
        ({"refresh_token": "x"}, "M_UNKNOWN_TOKEN", 401),
    ],
)
async def test_a_refresh_that_cannot_be_is_refused(
    server: AccountServer, body: dict[str, object], errcode: str, status: int
) -> None:
    reply = await server.client.post("/_matrix/client/v3/refresh", body)
    assert (reply.status, reply.errcode) == (status, errcode)


async def test_an_access_token_does_not_refresh_nor_a_refresh_token_open(server: AccountServer, alice: Person) -> None:
    tokens = (await server.login(refresh_token=True)).json
    assert (await refresh(server, tokens["access_token"])).status == 401
    assert (await whoami(server, tokens["refresh_token"])).status == 401


async def test_no_secret_is_stored_as_it_is(server: AccountServer, alice: Person) -> None:
    tokens = (await server.login(refresh_token=True)).json
    stored = await server.dump("tokens")
    for secret in (tokens["access_token"], tokens["refresh_token"], alice.token):
        assert str(secret) not in stored
        assert str(secret).encode().hex() not in stored
