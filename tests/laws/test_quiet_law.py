"""What people write, their passwords and their tokens appear in no log, no metric and no refusal."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from sottovoce.http.routing import Route
from tests.helpers.server import RunningServer
from tests.helpers.server_process import ServerProcess, free_port

CANARY = "yellow-bird-4711"
API = "/_matrix/client/v3"
OWN_FIELDS = (
    *("access_token", "address", "auth", "body", "code", "content", "creation_content", "device_id", "device_name"),
    *("display_name", "displayname", "filter", "identifier", "initial_device_display_name", "initial_state"),
    *("logout_devices", "medium", "name", "new_password", "password", "presence", "reason", "refresh_token"),
    *("room_alias_name", "room_version", "server_name", "session", "state_key", "status_msg", "third_party_signed"),
    *("token", "topic", "type", "typing", "user", "user_id", "username", "avatar_url", "preset", "visibility"),
)
QUERY_FIELDS = ("access_token", "at", "dir", "filter", "from", "limit", "membership", "set_presence", "since", "to")


@pytest.fixture
async def every_route(tmp_path: Path) -> list[Route]:
    """The routes of a server that is set up."""
    server = RunningServer(tmp_path / "another")
    (tmp_path / "another").mkdir()
    await server.start()
    routes = server.app.every_route()
    await server.stop()
    return routes


class Quiet:
    """A server whose words are listened to, and somebody signed in on it."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.metrics = f"http://127.0.0.1:{port}/metrics"
        self.server = ServerProcess(folder, "--metrics-port", str(port), "--log-level", "debug", "--log-format", "json")
        self.http = httpx.AsyncClient(base_url=self.server.address, timeout=60)
        self.known: dict[str, str] = {}

    async def begin(self) -> None:
        """The person has a room and said something in it."""
        account = {"username": "anna", "password": CANARY, "auth": {"type": "m.login.dummy"}}
        reply = (await self.http.post(f"{API}/register", json=account)).json()
        self.http.headers["Authorization"] = f"Bearer {reply['access_token']}"
        room_id = (await self.http.post(f"{API}/createRoom", json={"name": CANARY})).json()["room_id"]
        said = await self.http.put(f"{API}/rooms/{quote(room_id)}/send/m.room.message/1", json={"body": CANARY})
        event_id = said.json()["event_id"]
        known = {
            "event_type": "m.room.message",
            "state_key": "",
            "txn_id": "7",
            "type": "m.tag",
            "receipt_type": "m.read",
        }
        self.known = known | {"user_id": reply["user_id"], "room_id": room_id, "room_id_or_alias": room_id}
        self.known |= {"event_id": event_id, "device_id": reply["device_id"]}

    def path_of(self, route: Route) -> str:
        """The route's path, with what exists in place of names."""
        segments = (
            quote(self.known.get(segment[1:-1], "displayname"), safe="") if segment.startswith("{") else segment
            for segment in route.pattern.split("/")
        )
        return "/".join(segments)

    async def heard(self) -> str:
        """All that the server said where whoever runs it can read."""
        return self.server.said() + (await self.http.get(self.metrics)).text


@pytest.fixture
async def quiet(tmp_path: Path) -> AsyncIterator[Quiet]:
    quiet = Quiet(tmp_path)
    await quiet.server.start()
    await quiet.begin()
    yield quiet
    await quiet.http.aclose()
    quiet.server.kill()


def requests_with_the_canary() -> Iterator[Mapping[str, object]]:
    """Ways to send it: in bodies well formed and not, as a token, in the query, in headers."""
    whole = dict.fromkeys(OWN_FIELDS, CANARY)
    yield {"json": whole}
    yield {"json": {"body": CANARY, "password": CANARY}}
    yield {"json": {name: {"password": CANARY, "type": CANARY, "user": CANARY} for name in OWN_FIELDS}}
    yield {"json": [CANARY]}
    yield {"content": f'{{"password": "{CANARY}'.encode()}
    yield {"content": f'{{"password": "{CANARY}\\ud800"}}'.encode()}
    yield {"json": {}, "headers": {"Authorization": f"Bearer {CANARY}"}}
    yield {"json": {}, "headers": {"Authorization": "", "User-Agent": CANARY, "X-Forwarded-For": CANARY}}
    yield {"json": {}, "params": dict.fromkeys(QUERY_FIELDS, CANARY)}
    yield {"json": {}, "params": {"access_token": CANARY}, "headers": {"Authorization": ""}}


async def test_a_secret_sent_through_every_route_is_told_to_nobody(quiet: Quiet, every_route: list[Route]) -> None:
    ends_the_session = ("logout", "deactivate", "password")
    routes = sorted(
        every_route, key=lambda route: route.pattern.endswith(ends_the_session) or "logout" in route.pattern
    )
    refused = 0
    for route in routes:
        for request in requests_with_the_canary():
            reply = await quiet.http.request(route.method, quiet.path_of(route), **request)  # type: ignore[arg-type]
            if reply.status_code >= 400:
                refused += 1
                assert CANARY not in reply.text, f"{route.method} {route.pattern}: {reply.text}"
                assert reply.status_code < 500, f"{route.method} {route.pattern} {request}: {reply.text}"
    assert refused > len(routes)
    assert CANARY not in await quiet.heard()


async def test_paths_that_nobody_serves_are_not_repeated(quiet: Quiet) -> None:
    for path in (f"/{CANARY}.html", f"/_matrix/{CANARY}", f"{API}/{CANARY}?{CANARY}={CANARY}", f"/%FF{CANARY}"):
        for method in ("GET", "POST", "BREW"):
            assert CANARY not in (await quiet.http.request(method, path)).text
    assert CANARY not in await quiet.heard()


async def test_logs_are_one_json_object_a_line_with_an_event_and_a_level(quiet: Quiet) -> None:
    lines = [line for line in quiet.server.said().splitlines() if line.startswith("{")]
    entries = [json.loads(line) for line in lines]
    assert "server.started" in {entry["event"] for entry in entries}
    assert all(entry["level"] and entry["timestamp"] for entry in entries)
