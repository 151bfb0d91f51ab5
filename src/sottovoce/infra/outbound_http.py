"""Requests to other people's servers. The only place from which the program calls out over HTTP.

Whoever may name an address to be called could otherwise reach what only this machine reaches: unless private addresses
are allowed, names are resolved here and only public addresses are connected to. Redirects are answers like any other.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpcore

CONNECT_WITHIN_S = 10.0
ANSWER_WITHIN_S = 30.0
REPLY_LIMIT_BYTES = 64 * 1024
CONNECTIONS_MAX = 100
IDLE_CONNECTIONS_MAX = 20
IDLE_CONNECTION_S = 60.0
URL_LIMIT_BYTES = 4096

_NAT64 = IPv6Network("64:ff9b::/96")

Resolved = Iterable[IPv4Address | IPv6Address]


class Reply(NamedTuple):
    """What a server answered; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class OutboundFailed(Exception):
    """There was no answer that could be read; the text says why, without naming the address."""


class AddressRefused(OutboundFailed):
    """The address is one that must not be called."""


class OutboundHttp:
    """Calls other servers, over connections that are kept for a while.

    private_addresses: whether addresses of the own network may be called. tls: for tests that bring a certificate.
    """

    def __init__(self, *, private_addresses: bool = False, tls: ssl.SSLContext | None = None) -> None:
        self._private_addresses = private_addresses
        self._tls = tls
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        within_s: float = ANSWER_WITHIN_S,
        reply_limit_bytes: int = REPLY_LIMIT_BYTES,
    ) -> Reply:
        """The answer, whatever its status. Raises OutboundFailed, AddressRefused.

        within_s: from the first thing done to the last byte of the answer.
        """
        _check(url)
        import httpcore  # noqa: PLC0415 - megabytes, which only those pay who call out

        pool = self._connections()
        try:
            async with asyncio.timeout(within_s):
                async with pool.stream(
                    method,
                    url,
                    headers=[("Host", _host(url)), ("User-Agent", "Sottovoce"), *(headers or {}).items()],
                    content=body,
                    extensions={"timeout": {"connect": CONNECT_WITHIN_S}},
                ) as answer:
                    return Reply(answer.status, _headers(answer.headers), await _read(answer, reply_limit_bytes))
        except TimeoutError as cause:
            raise OutboundFailed("no answer in time") from cause
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as cause:
            raise OutboundFailed(f"no connection ({type(cause).__name__})") from cause
        except (httpcore.UnsupportedProtocol, OSError, UnicodeError) as cause:
            raise OutboundFailed(f"no connection ({type(cause).__name__})") from cause

    async def stop(self) -> None:
        """No connection is open any more."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.aclose()

    def _connections(self) -> "httpcore.AsyncConnectionPool":
        if self._pool is None:
            import httpcore  # noqa: PLC0415 - as above

            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=self._tls,
                max_connections=CONNECTIONS_MAX,
                max_keepalive_connections=IDLE_CONNECTIONS_MAX,
                keepalive_expiry=IDLE_CONNECTION_S,
                network_backend=None if self._private_addresses else _public_only(),
            )
        return self._pool


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address is one of the world at large, also by way of the address that it carries inside."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _public_only() -> "httpcore.AsyncNetworkBackend":
    """Connections that go to public addresses only: what was resolved is what is connected to."""
    import httpcore  # noqa: PLC0415 - as above

    class PublicOnly(httpcore.AsyncNetworkBackend):
        def __init__(self) -> None:
            self._backend = httpcore.AnyIOBackend()

        async def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,  # noqa: ASYNC109 - its interface is httpcore's
            local_address: str | None = None,
            socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
        ) -> httpcore.AsyncNetworkStream:
            async with asyncio.timeout(timeout):
                addresses = [address for address in await _resolved(host, port) if is_public(address)]
            if not addresses:
                raise AddressRefused("the address is not a public one")
            for address in addresses[:-1]:
                try:
                    return await self._backend.connect_tcp(str(address), port, timeout, local_address, socket_options)
                except (httpcore.ConnectError, httpcore.ConnectTimeout):
                    continue
            return await self._backend.connect_tcp(str(addresses[-1]), port, timeout, local_address, socket_options)

        async def sleep(self, seconds: float) -> None:
            await self._backend.sleep(seconds)

    return PublicOnly()


async def _resolved(host: str, port: int) -> Resolved:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]


async def _read(answer: "httpcore.Response", limit_bytes: int) -> bytes:
    pieces, size_bytes = [], 0
    async for piece in answer.aiter_stream():
        size_bytes += len(piece)
        if size_bytes > limit_bytes:
            raise OutboundFailed(f"the answer is longer than {limit_bytes} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}


def _check(url: str) -> None:
    """Raises AddressRefused for what is no http address, or holds what could split a request in two."""
    if (
        len(url.encode("utf-8", "replace")) > URL_LIMIT_BYTES
        or not url.isascii()
        or not url.isprintable()
        or " " in url
    ):
        raise AddressRefused("this is not an address of the web")
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError as cause:
        raise AddressRefused("this is not an address of the web") from cause
    if parts.scheme not in ("http", "https") or not has_host or parts.username is not None:
        raise AddressRefused("this is not an address of the web")


def _host(url: str) -> str:
    return urlsplit(url).netloc
