"""The first start."""

import asyncio

import pytest

from sottovoce.domains.accounts.model import BadServerName, ServerNameFixed
from sottovoce.infra.db.model import Database
from sottovoce.protocol.ids import UserId
from tests.helpers.account_server import NAME, PASSWORD, AccountServer
from tests.helpers.asgi import Reply

SETUP = "/_sottovoce/v1/setup"
SERVER = "/_sottovoce/v1/server"


@pytest.fixture
async def new_server(chosen_database: Database) -> AccountServer:
    """A server that has no name and no account."""
    server = AccountServer(chosen_database, registration="closed")
    await server.start(name=None)
    return server


async def begin(server: AccountServer) -> str:
    code = await server.accounts.setup.begin()
    assert code is not None
    return code


async def set_up(server: AccountServer, with_code: str, **body: object) -> Reply:
    asked = {"code": with_code, "server_name": NAME, "username": "anna", "password": PASSWORD, "display_name": "Anna"}
    return await server.client.post(SETUP, asked | body)


async def test_a_new_server_says_that_it_has_to_be_set_up(new_server: AccountServer) -> None:
    reply = await new_server.client.get(SERVER)
    assert reply.json == {
        "name": None,
        "setup_needed": True,
        "registration": "closed",
        "public_url": "https://chat.example.org",
    }


async def test_the_code_names_the_server_and_makes_its_administrator(new_server: AccountServer) -> None:
    reply = await set_up(new_server, await begin(new_server), device_display_name="Anna's browser")
    assert reply.status == 200
    assert reply.json["user_id"] == f"@anna:{NAME}"
    assert reply.json["server_name"] == NAME
    anna = new_server.signed_in(reply)
    assert (await anna.done("GET", f"devices/{anna.device_id}"))["display_name"] == "Anna's browser"
    assert (await new_server.accounts.profile_of(UserId(anna.user_id))).displayname == "Anna"
    assert (await new_server.accounts.identify(reply.json["access_token"])).is_admin
    told = (await new_server.client.get(SERVER)).json
    assert (told["name"], told["setup_needed"]) == (NAME, False)


async def test_accounts_made_later_are_no_administrators(new_server: AccountServer) -> None:
    await set_up(new_server, await begin(new_server))
    token = await new_server.accounts.registration_tokens.issue()
    reply = await new_server.register("bob", auth={"type": "m.login.registration_token", "token": token})
    assert not (await new_server.accounts.identify(reply.json["access_token"])).is_admin


async def test_the_code_works_once(new_server: AccountServer) -> None:
    code = await begin(new_server)
    await set_up(new_server, code)
    reply = await set_up(new_server, code, username="other")
    assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    assert await new_server.accounts.setup.begin() is None


async def test_of_two_at_once_one_sets_up(new_server: AccountServer) -> None:
    code = await begin(new_server)
    replies = await asyncio.gather(set_up(new_server, code), set_up(new_server, code, username="other"))
    assert sorted(reply.status for reply in replies) == [200, 403]


async def test_only_the_newest_code_works(new_server: AccountServer) -> None:
    old, new = await begin(new_server), await begin(new_server)
    assert (await set_up(new_server, old)).status == 403
    assert (await set_up(new_server, new)).status == 200


async def test_the_code_is_not_stored(new_server: AccountServer) -> None:
    assert await begin(new_server) not in await new_server.dump("setup_codes")


@pytest.mark.parametrize(
    ("body", "status", "errcode"),
    [
        ({"code": "wrong"}, 403, "M_FORBIDDEN"),
        ({"username": "with space"}, 400, "M_INVALID_USERNAME"),
        ({"password": "short"}, 400, "M_WEAK_PASSWORD"),
        ({"server_name": "not a name"}, 400, "M_INVALID_PARAM"),
        ({"server_name": ""}, 400, "M_INVALID_PARAM"),
        ({"display_name": "x" * 300}, 400, "M_INVALID_PARAM"),
    ],
)
async def test_what_is_refused_leaves_the_server_without_a_name(
    new_server: AccountServer, body: dict[str, object], status: int, errcode: str
) -> None:
    code = await begin(new_server)
    reply = await set_up(new_server, code, **body)
    assert (reply.status, reply.errcode) == (status, errcode)
    assert (await new_server.client.get(SERVER)).json["name"] is None
    assert (await set_up(new_server, code)).status == 200


async def test_nothing_is_set_up_where_no_code_was_made(new_server: AccountServer) -> None:
    assert (await set_up(new_server, "")).status == 403


async def test_a_name_given_at_the_start_is_the_one_that_counts(new_server: AccountServer) -> None:
    await new_server.accounts.identity.establish(NAME)
    code = await begin(new_server)
    reply = await set_up(new_server, code, server_name="other.example.org")
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")
    assert (await set_up(new_server, code)).status == 200


async def test_a_name_is_for_good_and_so_are_the_keys(new_server: AccountServer) -> None:
    identity = new_server.accounts.identity
    first = await identity.establish("Chat.Example.org")
    assert first.name == NAME
    assert len(first.signing_key_seed) == len(first.sealing_key) == 32
    assert first.signing_key_id.startswith("ed25519:")
    with pytest.raises(ServerNameFixed):
        await identity.establish("other.example.org")
    await new_server.restart()
    assert await new_server.accounts.identity.establish(NAME) == first


@pytest.mark.parametrize("name", ["", "a b", "https://example.org", "example.org/path", "x" * 300, "exämple.org"])
async def test_a_name_that_is_no_servers_is_refused(new_server: AccountServer, name: str) -> None:
    with pytest.raises(BadServerName):
        await new_server.accounts.identity.establish(name)
