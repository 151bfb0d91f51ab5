"""Calling other servers."""

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_address

import pytest

from sottovoce.infra import outbound_http
from sottovoce.infra.outbound_http import AddressRefused, OutboundFailed, OutboundHttp, is_public
from tests.helpers.web_server import Answer, WebServer


@pytest.fixture
async def other() -> AsyncIterator[WebServer]:
    async with WebServer() as server:
        yield server


@pytest.fixture
async def outbound() -> AsyncIterator[OutboundHttp]:
    outbound = OutboundHttp(private_addresses=True)
    yield outbound
    await outbound.stop()


async def test_a_request_arrives_as_it_was_sent_and_its_answer_comes_back(
    other: WebServer, outbound: OutboundHttp
) -> None:
    other.answering = lambda _: Answer(201, b"there you are", (("X-Kind", "good"),))
    reply = await outbound.send("POST", f"{other.address}/a/b?c=d", headers={"Authorization": "x"}, body=b"hello")
    assert (reply.status, reply.body, reply.headers["x-kind"]) == (201, b"there you are", "good")
    [asked] = other.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/a/b?c=d", b"hello")
    assert asked.headers["authorization"] == "x"
    assert asked.headers["host"] == f"127.0.0.1:{other.port}"


async def test_connections_are_used_again(other: WebServer, outbound: OutboundHttp) -> None:
    for _ in range(3):
        await outbound.send("GET", other.address)
    assert len(other._open) == 1


async def test_a_redirect_is_an_answer_and_not_followed(other: WebServer, outbound: OutboundHttp) -> None:
    other.answering = lambda _: Answer(302, b"", (("Location", f"{other.address}/there"),))
    assert (await outbound.send("GET", other.address)).status == 302
    assert len(other.asked) == 1


async def test_an_answer_that_is_too_long_is_refused(other: WebServer, outbound: OutboundHttp) -> None:
    other.answering = lambda _: Answer(200, b"x" * 101)
    assert len((await outbound.send("GET", other.address, reply_limit_bytes=101)).body) == 101
    with pytest.raises(OutboundFailed, match="longer"):
        await outbound.send("GET", other.address, reply_limit_bytes=100)
    assert (await outbound.send("GET", other.address, reply_limit_bytes=101)).status == 200


async def test_who_does_not_answer_in_time_is_not_waited_for(other: WebServer, outbound: OutboundHttp) -> None:
    other.hold = asyncio.Event()
    with pytest.raises(OutboundFailed, match="in time"):
        await outbound.send("GET", other.address, within_s=0.05)
    other.hold.set()
    assert (await outbound.send("GET", other.address)).status == 200


async def test_where_nobody_listens_the_call_fails_and_names_no_address(outbound: OutboundHttp) -> None:
    async with WebServer() as gone:
        address = gone.address
    with pytest.raises(OutboundFailed) as failed:
        await outbound.send("GET", f"{address}/secret")
    assert "secret" not in str(failed.value)


async def test_an_answer_that_is_no_http_fails(outbound: OutboundHttp) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(OutboundFailed):
        await outbound.send("GET", f"http://127.0.0.1:{port}/")
    server.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "127.1"])
async def test_private_addresses_are_refused_however_they_are_written(other: WebServer, host: str) -> None:
    outbound = OutboundHttp()
    with pytest.raises(AddressRefused):
        await outbound.send("GET", f"http://{host}:{other.port}/")
    assert other.asked == []
    await outbound.stop()


async def test_what_was_resolved_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch, other: WebServer) -> None:
    async def resolved(host: str, port: int) -> list[object]:
        return [ip_address("10.0.0.1"), ip_address("127.0.0.1")]

    monkeypatch.setattr(outbound_http, "_resolved", resolved)
    monkeypatch.setattr(outbound_http, "is_public", lambda address: address == ip_address("127.0.0.1"))
    outbound = OutboundHttp()
    assert (await outbound.send("GET", f"http://push.example:{other.port}/")).status == 200
    assert other.asked[0].headers["host"] == f"push.example:{other.port}"
    await outbound.stop()


@pytest.mark.parametrize(
    "url",
    [
        *("", "ftp://example.org/", "https://", "//example.org", "http://a b/", "http://a\r\nb/", "http://ä.org/"),
        *("http://user:password@example.org/", "http://example.org:99999/", "http://[::1/", "http://x/" + "a" * 5000),
    ],
)
async def test_what_is_no_address_of_the_web_is_refused(outbound: OutboundHttp, url: str) -> None:
    with pytest.raises(AddressRefused):
        await outbound.send("GET", url)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"),
        *("2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fec0::1", "198.18.0.1", "240.0.0.1"),
    ],
)
def test_private_addresses_are_not(address: str) -> None:
    assert not is_public(ip_address(address))
