"""The metrics of a running server."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.durability.sending import Attempt, Sender
from tests.helpers.server_process import ServerProcess, free_port

SEND = "/_matrix/client/v3/rooms/{room_id}/send/{event_type}/{txn_id}"
SYNC = "/_matrix/client/v3/sync"


class Watched:
    """A server that shows metrics."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.metrics = f"http://127.0.0.1:{port}/metrics"
        self.server = ServerProcess(folder, "--metrics-port", str(port))

    async def samples(self, http: httpx.AsyncClient) -> dict[tuple[str, ...], float]:
        """Every value, by name and labels."""
        reply = await http.get(self.metrics)
        assert reply.headers["content-type"].startswith("text/plain")
        families = text_string_to_metric_families(reply.text)
        return {
            (sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples
        }


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    watched = Watched(tmp_path)
    await watched.server.start()
    yield watched
    watched.server.kill()


@pytest.fixture
async def sender(watched: Watched) -> AsyncIterator[Sender]:
    sender = Sender(watched.server.address)
    await sender.register("anna")
    yield sender
    await sender.close()


async def test_requests_are_counted_by_pattern_and_status(
    watched: Watched, sender: Sender, http: httpx.AsyncClient
) -> None:
    room_id = await sender.create_room()
    for number in range(3):
        await sender.send(Attempt(room_id, f"message {number}"))
    await http.get(f"{watched.server.address}{SYNC}")
    await http.get(f"{watched.server.address}/_matrix/client/v3/no/such/thing")
    found = await watched.samples(http)
    assert found["sottovoce_requests_total", "PUT", SEND, "200"] == 3
    assert found["sottovoce_request_seconds_count", SEND] == 3
    assert found["sottovoce_requests_total", "GET", SYNC, "401"] == 1
    assert found["sottovoce_requests_total", "GET", "unknown", "404"] == 1
    assert ("sottovoce_request_seconds_count", SYNC) not in found


async def test_writes_and_what_is_in_memory_are_shown(
    watched: Watched, sender: Sender, http: httpx.AsyncClient
) -> None:
    room_id = await sender.create_room()
    before = await watched.samples(http)
    await sender.send(Attempt(room_id, "one more"))
    after = await watched.samples(http)
    assert after["sottovoce_changes_total", "rooms"] == before["sottovoce_changes_total", "rooms"] + 1
    assert after["sottovoce_commit_group_seconds_count",] > before["sottovoce_commit_group_seconds_count",]
    assert after["sottovoce_commit_group_batches_count",] == after["sottovoce_commit_group_seconds_count",]
    assert after["sottovoce_in_memory", "rooms"] == 1
    assert after["sottovoce_in_memory", "events"] >= 7
    assert after["process_resident_memory_bytes",] > 0


async def test_who_waits_is_shown_while_they_wait(watched: Watched, sender: Sender, http: httpx.AsyncClient) -> None:
    waiting = asyncio.ensure_future(sender.wait_for_news())  # noqa: TID251 - a client
    async with asyncio.timeout(10):
        while (await watched.samples(http))["sottovoce_waiting", "people"] != 1:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)
    await sender.create_room()
    await waiting
    assert (await watched.samples(http))["sottovoce_waiting", "people"] == 0


async def test_metrics_listen_apart_from_the_server(watched: Watched, http: httpx.AsyncClient) -> None:
    assert (await http.get(f"{watched.server.address}/metrics")).headers["content-type"] != "text/plain; version=0.0.4"
    assert (await http.get(watched.metrics.replace("/metrics", "/else"))).status_code == 404
    assert (await http.post(watched.metrics)).status_code == 404


def test_without_a_port_the_library_is_not_loaded() -> None:
    program = "import sys, sottovoce.cli.main; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
