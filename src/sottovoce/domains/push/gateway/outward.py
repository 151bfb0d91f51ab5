"""Notifications to push gateways and, without one, by web push."""

import hashlib

import msgspec
import structlog

from sottovoce.infra.outbound_http import OutboundFailed, OutboundHttp, Reply
from sottovoce.protocol.unpadded_base64 import encode_base64_urlsafe

from ..model import Notification, Outcome, Pusher, Sent
from ..rules.pushers import (
    activation_body,
    auth_secret,
    gateway_body,
    is_urgent,
    public_key,
    web_push_body,
)
from .vapid import Vapid

ANSWER_WITHIN_S = 20.0
KEPT_FOR_S = 24 * 3600
"""How long a service of web push is to keep what a device that is off cannot get."""
ACTIVATION_KEPT_FOR_S = 300
TOPIC_CHARACTERS = 32
RECORD_SIZE_BYTES = 4096

_GONE = (403, 404, 410)
_log = structlog.get_logger()


class _Rejected(msgspec.Struct):
    rejected: list[str] = []


_decode = msgspec.json.Decoder(_Rejected).decode


class Gateways:
    """Implements ports.Outward."""

    def __init__(self, outbound: OutboundHttp, vapid: Vapid) -> None:
        self._outbound = outbound
        self._vapid = vapid

    async def send(self, pusher: Pusher, told: Notification) -> Sent:
        """The notification is where the pusher wants it, or it is said why not.

        Spec: push gateway, POST /_matrix/push/v1/notify; RFC 8030.
        """
        if pusher.is_web_push:
            assert told.due is not None, "web push is for events only: browsers show something for whatever comes"
            topic = {"Topic": _topic(pusher, told.due.placed.event.room_id)}
            urgency = {"Urgency": "high" if is_urgent(told) else "normal"}
            return await self._send_encrypted(pusher, web_push_body(pusher, told), KEPT_FOR_S, topic | urgency)
        headers = {"Content-Type": "application/json"}
        reply = await self._reply(pusher, headers, gateway_body(pusher, told))
        if reply is None or not 200 <= reply.status < 300:
            return _failed(reply)
        return Sent(Outcome.REJECTED if pusher.key.pushkey in _rejected(reply.body) else Outcome.DELIVERED)

    async def send_activation(self, pusher: Pusher) -> Sent:
        """The token is on its way to the client, which is to send it back. Spec: MSC4174."""
        return await self._send_encrypted(pusher, activation_body(pusher), ACTIVATION_KEPT_FOR_S, {"Urgency": "high"})

    async def _send_encrypted(self, pusher: Pusher, body: bytes, kept_for_s: int, more: dict[str, str]) -> Sent:
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(kept_for_s),
            "Authorization": await self._vapid.authorization(pusher.url),
            **more,
        }
        reply = await self._reply(pusher, headers, _encrypted(pusher, body))
        if reply is not None and reply.status in _GONE:
            return Sent(Outcome.REJECTED)
        if reply is None or not 200 <= reply.status < 300:
            return _failed(reply)
        return Sent(Outcome.DELIVERED)

    async def _reply(self, pusher: Pusher, headers: dict[str, str], body: bytes) -> Reply | None:
        try:
            reply = await self._outbound.send("POST", pusher.url, headers=headers, body=body, within_s=ANSWER_WITHIN_S)
        except OutboundFailed as failed:
            _log.debug("push.unanswered", kind=pusher.kind, why=str(failed))
            return None
        _log.debug("push.answered", kind=pusher.kind, status=reply.status)
        return reply


def _failed(reply: Reply | None) -> Sent:
    """The other side is down if it did not answer, or says that it cannot now."""
    if reply is None:
        return Sent(Outcome.FAILED, is_down=True)
    asked = reply.headers.get("retry-after", "")
    retry_after_ms = int(asked) * 1000 if asked.isascii() and asked.isdigit() and len(asked) < 7 else None
    return Sent(Outcome.FAILED, retry_after_ms, is_down=reply.status == 429 or reply.status >= 500)


def _rejected(body: bytes) -> list[str]:
    try:
        return _decode(body).rejected
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []


def _topic(pusher: Pusher, room_id: str) -> str:
    """What is sent of a room while the device is off replaces what was sent of it before. Tells nobody which room."""
    named = hashlib.sha256(f"{pusher.said.data.get('auth')} {room_id}".encode()).digest()
    return encode_base64_urlsafe(named)[:TOPIC_CHARACTERS]


def _encrypted(pusher: Pusher, body: bytes) -> bytes:
    import http_ece  # noqa: PLC0415 - only for who uses web push
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    encrypted: bytes = http_ece.encrypt(
        body,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=public_key(pusher.key.pushkey),
        auth_secret=auth_secret(pusher.said.data),
        rs=RECORD_SIZE_BYTES,
        version="aes128gcm",
    )
    return encrypted
