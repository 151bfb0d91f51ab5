"""Short-lived proofs: to sign in another device, and to be known by other services."""

import asyncio

import pytest

from tests.helpers.account_server import NAME, PASSWORD, AccountServer
from tests.helpers.asgi import Reply, segment
from tests.helpers.people import Person

GET_TOKEN = "/_matrix/client/v1/login/get_token"
USER_INFO = "/_matrix/federation/v1/openid/userinfo"
AUTH = {"type": "m.login.password", "password": PASSWORD}


async def sign_in(server: AccountServer, token: object) -> Reply:
    return await server.client.post("/_matrix/client/v3/login", {"type": "m.login.token", "token": token})


async def login_token(person: Person) -> str:
    told = await person.done("POST", GET_TOKEN, {"auth": AUTH})
    assert told["expires_in_ms"] == 120_000
    return str(told["login_token"])


async def test_a_login_token_asks_for_the_password_each_time(server: AccountServer, alice: Person) -> None:
    for _ in range(2):
        reply = await alice.post(GET_TOKEN, {})
        assert reply.status == 401
        assert reply.json["flows"] == [{"stages": ["m.login.password"]}]
        await login_token(alice)


async def test_a_login_token_signs_in_once(server: AccountServer, alice: Person) -> None:
    token = await login_token(alice)
    reply = await sign_in(server, token)
    assert (reply.status, reply.json["user_id"]) == (200, alice.user_id)
    again = await sign_in(server, token)
    assert (again.status, again.errcode) == (403, "M_FORBIDDEN")
    assert token not in await server.dump("passes")


async def test_of_two_who_use_a_login_token_at_once_one_gets_in(server: AccountServer, alice: Person) -> None:
    token = await login_token(alice)
    replies = await asyncio.gather(sign_in(server, token), sign_in(server, token))
    assert sorted(reply.status for reply in replies) == [200, 403]


async def test_a_login_token_ends_soon(server: AccountServer, alice: Person) -> None:
    token = await login_token(alice)
    server.clock.advance(120_000)
    assert (await sign_in(server, token)).errcode == "M_FORBIDDEN"
    await login_token(alice)
    assert await server.count("SELECT count(*) FROM passes") == 2
    server.clock.advance(1)
    await login_token(alice)
    assert await server.count("SELECT count(*) FROM passes") == 2


async def test_a_login_token_ends_with_the_password_and_the_account(server: AccountServer, alice: Person) -> None:
    token = await login_token(alice)
    await alice.done("POST", "account/password", {"new_password": "another password", "auth": AUTH})
    assert (await sign_in(server, token)).status == 403
    auth = AUTH | {"password": "another password"}
    token = (await alice.done("POST", GET_TOKEN, {"auth": auth}))["login_token"]
    await alice.done("POST", "account/deactivate", {"auth": auth})
    assert (await sign_in(server, token)).status == 403


@pytest.mark.parametrize(
    ("token", "status", "errcode"),
    [("unknown", 403, "M_FORBIDDEN"), (None, 400, "M_MISSING_PARAM"), (7, 400, "M_BAD_JSON")],
)
async def test_what_is_no_login_token_is_refused(
    server: AccountServer, token: object, status: int, errcode: str
) -> None:
    reply = await sign_in(server, token)
    assert (reply.status, reply.errcode) == (status, errcode)


async def test_nobody_is_sent_to_another_service_to_sign_in(server: AccountServer) -> None:
    for path in ("redirect", "redirect/other"):
        reply = await server.client.get(f"/_matrix/client/v3/login/sso/{path}", query={"redirectUrl": "https://a.b"})
        assert (reply.status, reply.errcode) == (404, "M_UNRECOGNIZED")


async def openid(person: Person) -> dict[str, object]:
    path = f"user/{segment(person.user_id)}/openid/request_token"
    return dict(await person.done("POST", path, {}))


async def test_an_openid_token_tells_who_made_it_for_an_hour(server: AccountServer, alice: Person) -> None:
    told = await openid(alice)
    assert {name: told[name] for name in ("token_type", "matrix_server_name", "expires_in")} == {
        "token_type": "Bearer",
        "matrix_server_name": NAME,
        "expires_in": 3600,
    }
    for _ in range(2):
        reply = await server.client.get(USER_INFO, query={"access_token": told["access_token"]})
        assert (reply.status, reply.json) == (200, {"sub": alice.user_id})
    server.clock.advance(3_600_000)
    reply = await server.client.get(USER_INFO, query={"access_token": told["access_token"]})
    assert (reply.status, reply.errcode) == (401, "M_UNKNOWN_TOKEN")


async def test_an_openid_token_is_good_for_nothing_else(server: AccountServer, alice: Person) -> None:
    token = (await openid(alice))["access_token"]
    assert (await sign_in(server, token)).status == 403
    other = Person(server.app, alice.user_id, alice.device_id, str(token))
    assert (await other.get("account/whoami")).errcode == "M_UNKNOWN_TOKEN"
    for query in ({"access_token": alice.token}, {"access_token": await login_token(alice)}):
        assert (await server.client.get(USER_INFO, query=dict(query))).errcode == "M_UNKNOWN_TOKEN"
    assert (await server.client.get(USER_INFO)).errcode == "M_MISSING_TOKEN"


async def test_nobody_makes_an_openid_token_for_another(alice: Person, bob: Person) -> None:
    reply = await alice.post(f"user/{segment(bob.user_id)}/openid/request_token", {})
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
