"""What only a real connection shows: bounds on the head, a client that leaves, an orderly stop."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from sottovoce.domains.accounts.model import Caller
from sottovoce.http.answers import EMPTY, Answer
from sottovoce.http.app import HttpApp
from sottovoce.http.call import Call
from sottovoce.http.limits import Limits
from sottovoce.http.routing import Auth, Route, Router
from sottovoce.http.server import HEAD_LIMIT_BYTES, HEADERS_LIMIT, HttpServer, server_config


class Nobody:
    async def identify(self, token: str, client_ip: str) -> Caller:
        raise AssertionError("nobody asks for a token here")


class Waiter:
    """A long-poll that ends when told."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.ended = asyncio.Event()
        self.was_cancelled = asyncio.Event()

    async def handle(self, call: Call) -> Answer:
        self.began.set()
        try:
            await self.ended.wait()
        except asyncio.CancelledError:
            self.was_cancelled.set()
            raise
        return EMPTY


class Running(HttpServer):
    """The server on a free port, with whoever waits on it."""

    waiter: Waiter
    port: int
    ready: asyncio.Event

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.port = self.servers[0].sockets[0].getsockname()[1]
        self.ready.set()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def exchange(self, request: bytes) -> bytes:
        """The beginning of the reply to these bytes."""
        reader, writer = await self.connect()
        writer.write(request)
        reply = await reader.read(1000)
        writer.close()
        return reply


@pytest.fixture
async def server() -> AsyncIterator[Running]:
    waiter = Waiter()
    routes = [
        Route(method="GET", pattern="/wait", handler=waiter.handle, auth=Auth.NONE, waits=True),
        Route(method="GET", pattern="/work", handler=waiter.handle, auth=Auth.NONE),
    ]
    app = HttpApp(Router(routes), Nobody(), Limits({}, lambda: 0.0))
    running = Running(server_config(app, "127.0.0.1", 0), on_stopping=waiter.ended.set)
    running.waiter, running.ready = waiter, asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(running.serve())
        await running.ready.wait()
        yield running
        running.should_exit = True


def request(path: str, headers: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n".encode()


async def test_an_ordinary_request_is_answered(server: Running) -> None:
    reply = await server.exchange(request("/_matrix/nothing"))
    assert reply.startswith(b"HTTP/1.1 404")
    assert b"server: uvicorn" not in reply.lower()


async def test_a_head_that_never_ends_is_refused(server: Running) -> None:
    for endless in (b"GET /" + b"a" * HEAD_LIMIT_BYTES, b"GET / HTTP/1.1\r\nX: " + b"a" * HEAD_LIMIT_BYTES):
        assert (await server.exchange(endless)).startswith(b"HTTP/1.1 400")


async def test_a_crowd_of_headers_is_refused(server: Running) -> None:
    enough = "".join(f"x-{number}: y\r\n" for number in range(HEADERS_LIMIT - 1))
    assert (await server.exchange(request("/nothing", enough))).startswith(b"HTTP/1.1 404")
    assert (await server.exchange(request("/nothing", enough + "one: more\r\n"))).startswith(b"HTTP/1.1 400")


async def test_a_client_that_leaves_ends_its_wait(server: Running) -> None:
    _, writer = await server.connect()
    writer.write(request("/wait"))
    await server.waiter.began.wait()
    writer.close()
    await asyncio.wait_for(server.waiter.was_cancelled.wait(), 2)


async def test_a_client_that_leaves_does_not_end_work_that_is_no_wait(server: Running) -> None:
    _, writer = await server.connect()
    writer.write(request("/work"))
    await server.waiter.began.wait()
    writer.close()
    await asyncio.sleep(0.05)
    assert not server.waiter.was_cancelled.is_set()
    server.waiter.ended.set()


async def test_a_wait_that_was_answered_leaves_its_connection_usable(server: Running) -> None:
    reader, writer = await server.connect()
    server.waiter.ended.set()
    for _ in range(2):
        writer.write(request("/wait"))
        assert (await reader.readuntil(b"{}")).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_at_the_stop_whoever_waits_is_answered(server: Running) -> None:
    reader, writer = await server.connect()
    writer.write(request("/wait"))
    await server.waiter.began.wait()
    server.should_exit = True
    assert (await asyncio.wait_for(reader.read(), 2)).startswith(b"HTTP/1.1 200")
    writer.close()
