"""`kill -9` while a gateway does not answer: what it was not told is told by the next run, and nothing else is."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.api.push_gateway import Answer, Gateway, events, pusher
from tests.helpers.server_process import ServerProcess

API = "/_matrix/client/v3"


@pytest.fixture
async def server(database_address: str, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    options = ["--database", database_address] if database_address.startswith("postgresql:") else []
    server = ServerProcess(tmp_path, "--push-private-addresses", "on", *options)
    await server.start()
    yield server
    server.kill()


class Somebody:
    """Signed in on one device."""

    def __init__(self, address: str) -> None:
        self.http = httpx.AsyncClient(base_url=f"{address}{API}", timeout=30)
        self.user_id = ""

    async def registers(self, name: str) -> None:
        body = {"username": name, "password": "a password of many words", "auth": {"type": "m.login.dummy"}}
        reply = (await self.http.post("/register", json=body)).json()
        self.user_id = reply["user_id"]
        self.http.headers["Authorization"] = f"Bearer {reply['access_token']}"

    async def says(self, room_id: str, text: str) -> str:
        body = {"msgtype": "m.text", "body": text}
        reply = await self.http.put(f"/rooms/{quote(room_id)}/send/m.room.message/{text}", json=body)
        return str(reply.json()["event_id"])


async def test_pushes_survive_a_kill_exactly_once(server: ServerProcess) -> None:
    alice, bob = Somebody(server.address), Somebody(server.address)
    await alice.registers("alice")
    await bob.registers("bob")
    room_id = (await alice.http.post("/createRoom", json={"invite": [bob.user_id]})).json()["room_id"]
    await bob.http.post(f"/rooms/{quote(room_id)}/join", json={})
    async with Gateway() as gateway:
        await bob.http.post("/pushers/set", json=pusher(gateway.url))
        first = await alice.says(room_id, "one")
        await gateway.told(1)
        second = await alice.says(room_id, "two")
        await gateway.told(2)
        gateway.answering = lambda _: Answer(503)
        third = await alice.says(room_id, "three")
        await gateway.told(3)
        fourth = await alice.says(room_id, "four")
        server.kill()
        await server.start()
        await gateway.heard(len(gateway.asked) + 1, within_s=30)
        gateway.answering = lambda _: Answer(200)
        fifth = await alice.says(room_id, "five")
        failed = len(gateway.asked)
        told = await gateway.told(failed + 3)
        assert events(told[:3]) == [first, second, third]
        assert set(events(told[3:failed])) == {third}
        assert events(told[failed:]) == [third, fourth, fifth]
    await alice.http.aclose()
    await bob.http.aclose()
