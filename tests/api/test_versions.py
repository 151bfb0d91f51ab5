"""What the server says of itself."""

from collections.abc import Callable
from pathlib import Path

from sottovoce.domains.accounts.model import NewAccount, SignIn
from tests.helpers.asgi import AsgiClient
from tests.helpers.people import Person
from tests.helpers.server import RunningServer


async def test_versions_are_told_to_anybody(homeserver: RunningServer) -> None:
    reply = await AsgiClient(homeserver.app.http).get("/_matrix/client/versions")
    assert reply.json["versions"][0] == "v1.1"
    assert "v1.11" in reply.json["versions"]
    assert reply.json["unstable_features"]["uk.timedout.msc4323"] is True


async def test_capabilities_are_told_to_people(homeserver: RunningServer, alice: Person) -> None:
    capabilities = (await alice.done("GET", "capabilities"))["capabilities"]
    assert capabilities["m.change_password"] == {"enabled": True}
    assert capabilities["m.room_versions"]["default"] == "12"
    assert capabilities["m.room_versions"]["available"] == {"10": "stable", "11": "stable", "12": "stable"}
    reply = await AsgiClient(homeserver.app.http).get("/_matrix/client/v3/capabilities")
    assert (reply.status, reply.errcode) == (401, "M_MISSING_TOKEN")


async def test_administrators_are_told_that_they_may_lock_and_suspend(homeserver: RunningServer, alice: Person) -> None:
    assert "m.account_moderation" not in (await alice.done("GET", "capabilities"))["capabilities"]
    account = NewAccount(username="boss", password="a password of many words", is_admin=True)
    _, signed_in = await homeserver.app.base.accounts.users.create(account, SignIn())
    assert signed_in is not None
    boss = Person(alice.app, signed_in.user_id, signed_in.device_id, signed_in.access_token)
    capabilities = (await boss.done("GET", "capabilities"))["capabilities"]
    assert capabilities["m.account_moderation"] == {"lock": True, "suspend": True}


async def test_the_default_room_version_is_a_setting(tmp_path: Path, new_database: Callable[[], str | None]) -> None:
    server = RunningServer(tmp_path, database=new_database(), default_room_version="11")
    await server.start()
    alice = await server.person("alice")
    room_id = await alice.creates_room()
    capabilities = (await alice.done("GET", "capabilities"))["capabilities"]
    assert capabilities["m.room_versions"]["default"] == "11"
    assert ":" in room_id
    await server.stop()


async def test_well_known_names_the_public_address_if_there_is_one(
    tmp_path: Path, new_database: Callable[[], str | None]
) -> None:
    for url in ("https://chat.example.org", None):
        server = RunningServer(tmp_path, database=new_database(), public_url=url)
        await server.start()
        reply = await AsgiClient(server.app.http).get("/.well-known/matrix/client")
        if url is None:
            assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")
        else:
            assert reply.json == {"m.homeserver": {"base_url": url}}
        await server.stop()


async def test_health_is_well(homeserver: RunningServer) -> None:
    reply = await AsgiClient(homeserver.app.http).get("/health")
    assert (reply.status, reply.json) == (200, {"status": "ok"})


async def test_before_setup_the_api_says_so(tmp_path: Path, new_database: Callable[[], str | None]) -> None:
    server = RunningServer(tmp_path, database=new_database(), server_name=None)
    await server.start()
    client = AsgiClient(server.app.http, token="any")
    for path in ("sync", "createRoom", "capabilities"):
        reply = await client.get(f"/_matrix/client/v3/{path}")
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    assert (await client.get("/_matrix/client/versions")).status == 200
    await server.stop()


async def test_whom_to_ask_is_told_to_anybody_if_the_server_says(
    tmp_path: Path, new_database: Callable[[], str | None]
) -> None:
    page = "https://example.org/help"
    settings: dict[str, object] = {"admin_contact": "anna@example.org, @anna:example.org", "support_page": page}
    nothing: dict[str, object] = {}
    for given in (settings, nothing):
        server = RunningServer(tmp_path, None, database=new_database(), **given)
        await server.start()
        reply = await AsgiClient(server.app.http).get("/.well-known/matrix/support")
        if given:
            by_mail = {"email_address": "anna@example.org", "role": "m.role.admin"}
            here = {"matrix_id": "@anna:example.org", "role": "m.role.admin"}
            assert reply.json == {"contacts": [by_mail, here], "support_page": page}
        else:
            assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")
        await server.stop()


async def test_there_is_no_oauth_yet(homeserver: RunningServer) -> None:
    reply = await AsgiClient(homeserver.app.http).get("/_matrix/client/v1/auth_metadata")
    assert (reply.status, reply.errcode) == (404, "M_UNRECOGNIZED")
