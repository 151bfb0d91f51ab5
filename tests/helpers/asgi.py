"""A client that calls an ASGI application directly, without a network. Answers must be as the specification says."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from tests.helpers import spec

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def errcode(self) -> str | None:
        """The error code of a refusal; None if this is none."""
        return self.json.get("errcode") if self.status >= 400 else None


class Connection:
    """Stands for the server's end of a connection, which the client may close."""

    waiting: asyncio.Task[None] | None = None

    def close(self) -> None:
        if self.waiting is not None:
            waiting, self.waiting = self.waiting, None
            waiting.cancel()


def segment(text: str) -> str:
    """The text as one segment of a path."""
    return quote(text, safe="")


class AsgiClient:
    """Sends requests; `token` is sent with each as the access token."""

    def __init__(self, app: Application, token: str | None = None, client_ip: str = "127.0.0.1") -> None:
        self.app = app
        self.token = token
        self.client_ip = client_ip

    async def get(self, path: str, **options: Any) -> Reply:
        return await self.request("GET", path, **options)

    async def put(self, path: str, json: object = None, **options: Any) -> Reply:
        return await self.request("PUT", path, json=json, **options)

    async def post(self, path: str, json: object = None, **options: Any) -> Reply:
        return await self.request("POST", path, json=json, **options)

    async def delete(self, path: str, json: object = None, **options: Any) -> Reply:
        return await self.request("DELETE", path, json=json, **options)

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        body: bytes | list[bytes] | None = None,
        query: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        connection: Connection | None = None,
    ) -> Reply:
        """The reply. `path` is as on the wire, percent-encoded; `body` as a list arrives in these pieces."""
        if body is None:
            body = b"" if json is None else msgspec.json.encode(json)
        pieces = body if isinstance(body, list) else [body]
        scope = self._scope(method, path, query or {}, headers or {})
        if connection is not None:
            scope["sottovoce.connection"] = connection
        sent: list[Message] = []

        async def receive() -> Message:
            if not pieces:
                return {"type": "http.disconnect"}
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        reply = _reply(sent)
        complaints = spec.complaints(method, scope["path"], reply.status, reply.headers, reply.body)
        assert complaints == [], f"{method} {path} is not answered as the specification says: {complaints}"
        return reply

    def _scope(self, method: str, path: str, query: dict[str, object], headers: dict[str, str]) -> Message:
        path, _, inline_query = path.partition("?")
        raw_headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        if self.token is not None:
            raw_headers.append((b"authorization", f"Bearer {self.token}".encode()))
        return {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": inline_query.encode() or urlencode(query).encode(),
            "client": (self.client_ip, 50000),
            "headers": raw_headers,
        }


def _reply(sent: list[Message]) -> Reply:
    if not sent:
        return Reply(0, {}, b"")
    start, body = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], headers, body["body"])
