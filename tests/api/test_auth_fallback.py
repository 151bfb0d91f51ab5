"""Pages that pass a stage of authentication in a browser."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.helpers.asgi import AsgiClient, Reply
from tests.helpers.people import Person
from tests.helpers.server import RunningServer

REGISTER = "/_matrix/client/v3/register"
PASSWORD = "a password of many words"
DONE = "window.onAuthDone"


@pytest.fixture
async def homeserver(tmp_path: Path, new_database: Callable[[], str | None]) -> AsyncIterator[RunningServer]:
    """A server that lets in whoever has a token and agrees to its terms."""
    server = RunningServer(tmp_path, database=new_database(), terms_url="https://example.org/terms?a=1&b=2")
    await server.start()
    yield server
    await server.stop()


def page(stage: str) -> str:
    return f"/_matrix/client/v3/auth/{stage}/fallback/web"


async def submit(client: AsgiClient, stage: str, **fields: str) -> Reply:
    return await client.post(page(stage), body=urlencode(fields).encode())


async def test_an_account_is_made_without_the_app_knowing_any_stage(homeserver: RunningServer) -> None:
    token = await homeserver.app.base.accounts.registration_tokens.issue()
    client = AsgiClient(homeserver.app.http)
    body: dict[str, object] = {"username": "anna", "password": PASSWORD}
    session = (await client.post(REGISTER, body)).json["session"]
    shown = await client.get(page("m.login.registration_token"), query={"session": session})
    assert 'name="token"' in shown.body.decode()
    wrong = await submit(client, "m.login.registration_token", session=session, token="wrong")
    assert (wrong.status, DONE in wrong.body.decode()) == (403, False)
    right = await submit(client, "m.login.registration_token", session=session, token=token)
    assert (right.status, DONE in right.body.decode()) == (200, True)
    terms = await client.get(page("m.login.terms"), query={"session": session})
    assert 'href="https://example.org/terms?a=1&amp;b=2"' in terms.body.decode()
    assert (await submit(client, "m.login.terms", session=session)).status == 200
    reply = await client.post(REGISTER, body | {"auth": {"session": session}})
    assert (reply.status, reply.json["user_id"]) == (200, "@anna:test")


async def test_a_password_is_shown_on_a_page(homeserver: RunningServer) -> None:
    alice = await homeserver.person("alice")
    await homeserver.app.base.accounts.users.change_password(alice.user_id, PASSWORD, signs_out=False)  # type: ignore[arg-type]
    other = await homeserver.another_device(alice)
    session = (await alice.delete(f"devices/{other.device_id}", {})).json["session"]
    client = AsgiClient(homeserver.app.http)
    assert (await submit(client, "m.login.password", session=session, password="wrong")).status == 403
    assert (await submit(client, "m.login.password", session=session, password=PASSWORD)).status == 200
    shown = await client.get(page("m.login.password"), query={"session": session})
    assert DONE in shown.body.decode()
    await alice.done("DELETE", f"devices/{other.device_id}", {"auth": {"session": session}})


async def test_the_script_of_a_page_is_the_only_one_allowed(homeserver: RunningServer) -> None:
    reply = await AsgiClient(homeserver.app.http).get(page("m.login.dummy"), query={"session": "gone"})
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; form-action 'self'")
    assert "script-src 'sha256-" in policy
    assert "unsafe" not in policy


async def test_what_is_not_there_is_told(homeserver: RunningServer) -> None:
    client = AsgiClient(homeserver.app.http)
    assert (await client.get(page("m.login.dummy"), query={"session": "<script>"})).status == 404
    assert (await submit(client, "m.login.dummy", session="gone")).status == 404
    assert (await client.get(page("m.login.dummy"))).errcode == "M_MISSING_PARAM"
    reply = await client.get(page("m.login.recaptcha"), query={"session": "x"})
    assert (reply.status, reply.errcode) == (404, "M_UNRECOGNIZED")
    reply = await client.post(page("m.login.dummy"), body=b"session=\xff%FF")
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_a_stage_out_of_turn_is_not_passed(homeserver: RunningServer, alice: Person) -> None:
    await homeserver.app.base.accounts.registration_tokens.issue()
    client = AsgiClient(homeserver.app.http)
    session = (await client.post(REGISTER, {})).json["session"]
    assert (await submit(client, "m.login.terms", session=session)).status == 403
    assert (await submit(client, "m.login.password", session=session, password="x")).status == 403
