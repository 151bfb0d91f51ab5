"""Starting a server, setting it up, and ending it."""

import asyncio
import re
import signal
from pathlib import Path

import httpx
import pytest

from tests.helpers.server_process import ServerProcess

API = "/_matrix/client/v3"
SETUP_LINK = re.compile(r"(http://\S+)/setup#([\w-]+)")
GONE_WITHIN_S = 5
PASSWORD = "a password of many words"


def setup_body(code: str, **body: object) -> dict[str, object]:
    fixed = {"server_name": "chat.example.org", "username": "anna", "password": PASSWORD}
    return {"code": code} | fixed | body


async def wait_for_words(server: ServerProcess, words: str) -> None:
    async with asyncio.timeout(30):
        while words not in server.said():  # noqa: ASYNC110 - another process writes the file
            await asyncio.sleep(0.02)


async def setup_code(server: ServerProcess) -> str:
    await wait_for_words(server, "Ctrl-C stops")
    found = SETUP_LINK.search(server.said())
    assert found is not None, server.said()
    assert found[1] == f"http://localhost:{server.port}"
    return found[2]


async def register(http: httpx.AsyncClient, server: ServerProcess) -> str:
    """The access token of a new account."""
    body = {"username": "anna", "password": PASSWORD, "auth": {"type": "m.login.dummy"}}
    reply = await http.post(f"{server.address}{API}/register", json=body)
    assert reply.is_success, reply.text
    return str(reply.json()["access_token"])


async def test_first_start_prints_a_link_that_names_the_server_and_makes_its_administrator_once(
    fresh: ServerProcess, http: httpx.AsyncClient
) -> None:
    await fresh.start()
    code = await setup_code(fresh)
    about = f"{fresh.address}/_sottovoce/v1/server"
    assert (await http.get(about)).json()["setup_needed"] is True
    done = await http.post(f"{fresh.address}/_sottovoce/v1/setup", json=setup_body(code))
    assert done.is_success, done.text
    headers = {"Authorization": f"Bearer {done.json()['access_token']}"}
    me = await http.get(f"{fresh.address}{API}/account/whoami", headers=headers)
    assert me.json()["user_id"] == "@anna:chat.example.org"
    assert (await http.get(about)).json()["setup_needed"] is False
    again = await http.post(f"{fresh.address}/_sottovoce/v1/setup", json=setup_body(code, username="eve"))
    assert again.status_code == 403


async def test_setup_link_with_a_wrong_code_opens_nothing(fresh: ServerProcess, http: httpx.AsyncClient) -> None:
    await fresh.start()
    await setup_code(fresh)
    wrong = await http.post(f"{fresh.address}/_sottovoce/v1/setup", json=setup_body("AAAAAAAAAAAAAAAAAAAA"))
    assert wrong.status_code == 403
    assert (await http.get(f"{fresh.address}/_sottovoce/v1/server")).json()["setup_needed"] is True


async def test_second_start_prints_no_link_and_knows_its_name(fresh: ServerProcess, http: httpx.AsyncClient) -> None:
    await fresh.start()
    await http.post(f"{fresh.address}/_sottovoce/v1/setup", json=setup_body(await setup_code(fresh)))
    assert fresh.stop() == 0
    fresh.log.unlink()
    await fresh.start()
    await wait_for_words(fresh, "Ctrl-C stops")
    assert f"open http://localhost:{fresh.port} in a browser" in fresh.said()
    assert "/setup#" not in fresh.said()
    about = (await http.get(f"{fresh.address}/_sottovoce/v1/server")).json()
    assert (about["name"], about["setup_needed"]) == ("chat.example.org", False)


async def test_server_that_was_not_set_up_prints_another_link_and_the_first_is_worth_nothing(
    fresh: ServerProcess, http: httpx.AsyncClient
) -> None:
    await fresh.start()
    first = await setup_code(fresh)
    assert fresh.stop() == 0
    fresh.log.unlink()
    await fresh.start()
    second = await setup_code(fresh)
    url = f"{fresh.address}/_sottovoce/v1/setup"
    assert (await http.post(url, json=setup_body(first))).status_code == 403
    assert (await http.post(url, json=setup_body(second))).is_success


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_ending_answers_who_waits_and_is_quick(
    server: ServerProcess, http: httpx.AsyncClient, how: signal.Signals
) -> None:
    http.headers["Authorization"] = f"Bearer {await register(http, server)}"
    url = f"{server.address}{API}/sync"
    since = (await http.get(url)).json()["next_batch"]
    waiting = asyncio.ensure_future(http.get(url, params={"since": since, "timeout": 30_000}))  # noqa: TID251 - a client
    await asyncio.sleep(0.5)
    assert not waiting.done()
    server.tell(how)
    assert await server.ended(GONE_WITHIN_S) == 0
    answer = await waiting
    assert answer.status_code == 200
    assert answer.json()["next_batch"]
    assert "Traceback" not in server.said()


async def test_ending_waits_for_a_message_under_way(server: ServerProcess, http: httpx.AsyncClient) -> None:
    http.headers["Authorization"] = f"Bearer {await register(http, server)}"
    room_id = (await http.post(f"{server.address}{API}/createRoom", json={})).json()["room_id"]
    url = f"{server.address}{API}/rooms/{room_id}/send/m.room.message"
    await asyncio.gather(*(http.get(f"{server.address}/health") for _ in range(20)))
    sending = [
        asyncio.ensure_future(http.put(f"{url}/{number}", json={"msgtype": "m.text", "body": str(number)}))  # noqa: TID251 - clients
        for number in range(20)
    ]
    await asyncio.sleep(0.005)
    server.tell(signal.SIGTERM)
    replies = await asyncio.gather(*sending, return_exceptions=True)
    assert await server.ended(GONE_WITHIN_S) == 0
    acknowledged = {
        reply.json()["event_id"] for reply in replies if isinstance(reply, httpx.Response) and reply.is_success
    }
    await server.start()
    page = await http.get(f"{server.address}{API}/rooms/{room_id}/messages", params={"dir": "b", "limit": 100})
    assert acknowledged <= {event["event_id"] for event in page.json()["chunk"]}


async def test_checkout_serves_the_web_app_that_was_built_in_it(
    fresh: ServerProcess, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    built = tmp_path / "built"
    built.mkdir()
    (built / "index.html").write_text("<!doctype html><title>Sottovoce</title>")
    server = ServerProcess(tmp_path, "--webapp", str(built), open_to_all=False)
    await server.start()
    try:
        assert "<title>Sottovoce</title>" in (await http.get(f"{server.address}/")).text
    finally:
        server.kill()
