"""Reading a request's body within a bound of bytes and of time."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sottovoce.http.refused import Refused

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_TIMEOUT_S = 60


class ClientGone(Exception):
    """The client closed the connection before the answer."""


async def read_body(receive: Receive, limit_bytes: int) -> bytes:
    """The whole body. Raises Refused (M_TOO_LARGE, or M_UNKNOWN 408 if it takes too long) or ClientGone."""
    message = await receive()
    body = _chunk(message)
    if message.get("more_body", False):
        body = await _read_on(receive, body, limit_bytes)
    if len(body) > limit_bytes:
        raise _too_large(limit_bytes)
    return body


async def _read_on(receive: Receive, first: bytes, limit_bytes: int) -> bytes:
    body = bytearray(first)
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            while len(body) <= limit_bytes:
                message = await receive()
                body += _chunk(message)
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        raise Refused(408, "M_UNKNOWN", "The body took too long to arrive") from None
    return bytes(body)


def _chunk(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientGone
    chunk: bytes = message.get("body", b"")
    return chunk


def _too_large(limit_bytes: int) -> Refused:
    return Refused(413, "M_TOO_LARGE", f"The body is larger than {limit_bytes} bytes")
