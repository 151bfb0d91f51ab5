"""A server that takes only so many people."""

from collections.abc import Callable
from pathlib import Path

from tests.helpers.asgi import AsgiClient
from tests.helpers.server import RunningServer

REGISTER = "/_matrix/client/v3/register"


async def test_when_there_is_no_place_left_people_are_told_whom_to_ask(
    tmp_path: Path, new_database: Callable[[], str | None]
) -> None:
    server = RunningServer(
        tmp_path,
        database=new_database(),
        registration="open",
        guests="on",
        max_accounts=2,
        admin_contact="anna@example.org",
    )
    await server.start()
    client = AsgiClient(server.app.http)
    alice = await server.person("alice")
    body = {"username": "bob", "password": "a password of many words", "auth": {"type": "m.login.dummy"}}
    assert (await client.post(REGISTER, body)).status == 200
    for reply in (
        await client.post(REGISTER, body | {"username": "carol"}),
        await client.post(REGISTER, {}),
        await client.post(REGISTER, {}, query={"kind": "guest"}),
    ):
        assert (reply.status, reply.errcode) == (403, "M_RESOURCE_LIMIT_EXCEEDED")
        assert reply.json["admin_contact"] == "mailto:anna@example.org"
    await server.app.base.accounts.users.deactivate(alice.user_id)  # type: ignore[arg-type]
    assert (await client.post(REGISTER, body | {"username": "carol"})).status == 200
    await server.stop()
