"""The ASGI entry: finds the route, settles caller, limits and body, calls the handler, sends its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import structlog

from sottovoce.http import headers as fixed
from sottovoce.http.access_token import access_token, find_token
from sottovoce.http.answers import Answer, File, Json
from sottovoce.http.body import ClientGone, Message, Receive, Send, read_body
from sottovoce.http.call import Call
from sottovoce.http.compression import COMPRESS_FROM_BYTES, GZIP_HEADERS, compressed, takes
from sottovoce.http.errors import NO_SUCH_METHOD, NO_SUCH_PATH, NOT_SET_UP, UNKNOWN, answer_to
from sottovoce.http.limits import Limits
from sottovoce.http.query import QueryArgs
from sottovoce.http.refused import Refused
from sottovoce.http.routing import Auth, Route, Router
from sottovoce.http.standing import check_standing

if TYPE_CHECKING:
    from sottovoce.domains.accounts.model import Caller
    from sottovoce.domains.accounts.ports import AppService

log = structlog.get_logger()

Scope = Message
API_PREFIXES = (b"/_matrix/", b"/_sottovoce/", b"/.well-known/matrix/")

# What a server may keep in the scope of a request that waits, and nobody reads again.
_NOT_WHILE_WAITING = ("asgi", "state", "query_string", "raw_path", "server")

_UNSTABLE_DEVICE_ID = "org.matrix.msc3202.device_id"
_encode = msgspec.json.Encoder().encode
_PREFLIGHT_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [*fixed.PREFLIGHT, fixed.content_length(0)],
}
_EMPTY_BODY = {"type": "http.response.body", "body": b""}


class Callers(Protocol):
    """Who knows the owner of an access token (the accounts domain)."""

    async def identify(self, token: str, client_ip: str) -> Caller:
        """The caller this token belongs to; raises what the error table answers with M_UNKNOWN_TOKEN."""
        ...


class AppServices(Protocol):
    """Who knows the tokens of app services, and whom they may act as (the accounts domain)."""

    def find(self, token: str) -> AppService | None:
        """The app service whose token this is."""
        ...

    async def caller(self, service: AppService, acting_as: str | None, device_id: str | None) -> Caller:
        """Whom it acts as; raises what the error table answers with 403 or M_UNKNOWN_DEVICE."""
        ...


class Connection(Protocol):
    """The server's end of a connection; it cancels the task in `waiting`, and clears it, when the client leaves."""

    waiting: asyncio.Task[Any] | None


class Site(Protocol):
    """What is served outside the API: the web app."""

    async def answer(self, method: str, raw_path: bytes, headers: Sequence[tuple[bytes, bytes]]) -> File:
        """The file at this path, as this request's headers want it."""
        ...


class HttpApp:
    """The ASGI application.

    is_established: whether the server has its name; until then only routes marked `before_setup` are answered.
    client_ip: who is asking, from the connection and, behind a trusted proxy, its headers.
    app_services: who knows the tokens of app services; None where there are none.
    """

    def __init__(
        self,
        router: Router,
        callers: Callers,
        limits: Limits,
        site: Site | None = None,
        is_established: Callable[[], bool] = lambda: True,
        client_ip: Callable[[str, Sequence[tuple[bytes, bytes]]], str] = lambda address, headers: address,
        app_services: AppServices | None = None,
    ) -> None:
        self.router = router
        self._callers = callers
        self._limits = limits
        self._site = site
        self._is_established = is_established
        self._client_ip = client_ip
        self._app_services = app_services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only http is served here, not {scope['type']}")
        if scope["method"] == "OPTIONS" and scope["raw_path"].startswith(API_PREFIXES):
            await send(_PREFLIGHT_START)
            await send(_EMPTY_BODY)
            return
        accept_encoding = b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                accept_encoding = value
        try:
            answer = await self._answer(scope, receive)
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001 - the last place where an error can become an answer
            answer = answer_to(error) or _unexpected(scope, error)
        await _send(answer, accept_encoding, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        method, raw_path = scope["method"], scope["raw_path"]
        found = self.router.find(method, raw_path)
        if found is True:
            return NO_SUCH_METHOD
        if found is False:
            if self._site is None or raw_path.startswith(API_PREFIXES):
                return NO_SUCH_PATH if self._is_established() else NOT_SET_UP
            return await self._site.answer(method, raw_path, scope["headers"])
        route, path = found
        if not route.before_setup and not self._is_established():
            return NOT_SET_UP
        call = await self._call(route, path, scope, receive)
        if route.waits:
            return await _wait(route, call, scope)
        return await route.handler(call)

    async def _call(self, route: Route, path: dict[str, str], scope: Scope, receive: Receive) -> Call:
        query = QueryArgs(scope["query_string"])
        headers = scope["headers"]
        client = scope.get("client")
        client_ip = self._client_ip(client[0] if client else "", headers)
        caller: Any = None
        if route.auth is Auth.OPTIONAL and find_token(headers, query) is None:
            pass
        elif route.auth is not Auth.NONE:
            caller = await self._caller(access_token(headers, query), query, client_ip)
            if caller.is_restricted:
                check_standing(caller, route, path)
            if route.auth is Auth.ADMIN and not caller.is_admin:
                raise Refused(403, "M_FORBIDDEN", "Only an administrator may do this")
        if route.limit is not None and self._is_limited(caller, headers, query):
            self._limits.spend(route.limit, client_ip if caller is None else caller.user_id)
        body = b"" if route.method == "GET" else await read_body(receive, route.body_limit_bytes)
        return Call(route.method, path, query, headers, client_ip, caller, body)

    async def _caller(self, token: str, query: QueryArgs, client_ip: str) -> Caller:
        services = self._app_services
        service = None if services is None else services.find(token)
        if services is None or service is None:
            return await self._callers.identify(token, client_ip)
        device_id = query.text("device_id") or query.text(_UNSTABLE_DEVICE_ID)
        return await services.caller(service, query.text("user_id"), device_id)

    def _is_limited(self, caller: Caller | None, headers: Sequence[tuple[bytes, bytes]], query: QueryArgs) -> bool:
        if caller is not None:
            return caller.is_limited
        # An app service that makes accounts, or signs in to them, is nobody's caller.
        token = None if self._app_services is None else find_token(headers, query)
        return token is None or self._app_services is None or self._app_services.find(token) is None


async def _wait(route: Route, call: Call, scope: Scope) -> Answer:
    """Answer a long-poll, which stops when the client leaves. Whatever can be freed meanwhile is."""
    for name in _NOT_WHILE_WAITING:
        scope.pop(name, None)
    connection: Connection | None = scope.get("sottovoce.connection")
    if connection is None:
        return await route.handler(call)
    connection.waiting = asyncio.current_task()
    try:
        return await route.handler(call)
    except asyncio.CancelledError:
        if connection.waiting is None:
            raise ClientGone from None
        raise
    finally:
        connection.waiting = None


def _unexpected(scope: Scope, error: Exception) -> Json:
    log.error("http.failed", method=scope["method"], path=scope["path"], exc_info=error)
    return UNKNOWN


async def _send(answer: Answer, accept_encoding: bytes, send: Send) -> None:
    if isinstance(answer, File):
        await _send_bytes(answer.status, [*answer.headers], answer.body, send)
        return
    body = answer.body if isinstance(answer.body, bytes) else _encode(answer.body)
    headers = [*fixed.API, *answer.headers]
    if len(body) >= COMPRESS_FROM_BYTES and takes(accept_encoding, b"gzip"):
        body = await compressed(body)
        headers += GZIP_HEADERS
    await _send_bytes(answer.status, headers, body, send)


async def _send_bytes(status: int, headers: list[tuple[bytes, bytes]], body: bytes, send: Send) -> None:
    headers.append(fixed.content_length(len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
