"""Pure rules of pushers: which may be, when to try again, and what they are told."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.push_rules import tweaks_of
from sottovoce.protocol.unpadded_base64 import decode_base64

from ..model import HTTP, WEB_PUSH_KINDS, BadPusher, Notification, Pusher, PusherIncomplete, Said, SetPusher

PUSHERS_MAX = 50
"""Of one person."""
PUSHKEY_MAX_BYTES = 512
APP_ID_MAX_CHARACTERS = 64
NAME_MAX_CHARACTERS = 255
URL_MAX_CHARACTERS = 2048
DATA_MAX_BYTES = 8 * 1024
DEFAULT_PAYLOAD_MAX_BYTES = 1024
WEB_PUSH_PAYLOAD_MAX_BYTES = 3_800
"""An encrypted record of 4,096 bytes has room for it. Spec: RFC 8291, section 4."""
AUTH_SECRET_BYTES = 16
PUBLIC_KEY_BYTES = 65
ACTIVATION_WITHIN_MS = 300_000
FIRST_RETRY_MS = 1_000
LONGEST_RETRY_MS = 3_600_000

_GATEWAY_PATH = "/_matrix/push/v1/notify"
_ENCRYPTED = "m.room.encrypted"
_encode = msgspec.json.Encoder().encode


def checked(asked: SetPusher, *, is_lax: bool) -> Said:
    """What is kept of a pusher that may be. Raises BadPusher, PusherIncomplete.

    is_lax: addresses may be without TLS. Spec: client-server, POST /pushers/set; MSC4174.
    """
    check_key(asked)
    if asked.kind != HTTP and asked.kind not in WEB_PUSH_KINDS:
        raise BadPusher(f"the kind of a pusher must be {HTTP} or one of {', '.join(WEB_PUSH_KINDS)}")
    app_name, device_name, lang, data = asked.app_display_name, asked.device_display_name, asked.lang, asked.data
    if app_name is None or device_name is None or lang is None or data is None:
        names = ("app_display_name", "device_display_name", "lang", "data")
        raise PusherIncomplete("Missing parameters: " + ", ".join(n for n in names if getattr(asked, n) is None))
    if any(len(text) > NAME_MAX_CHARACTERS for text in (app_name, device_name, lang, asked.profile_tag or "")):
        raise BadPusher(f"names may have at most {NAME_MAX_CHARACTERS} characters")
    if len(_encode(data)) > DATA_MAX_BYTES:
        raise BadPusher(f"data may have at most {DATA_MAX_BYTES} bytes")
    parts = _address(data, is_lax=is_lax)
    if asked.kind == HTTP and parts != _GATEWAY_PATH:
        raise BadPusher(f"the path of data.url must be {_GATEWAY_PATH}")
    if asked.kind != HTTP:
        _check_web_push(asked.pushkey, data)
    kept = {name: value for name, value in data.items() if name != "activated"}
    return Said(
        app_display_name=app_name, device_display_name=device_name, lang=lang, data=kept, profile_tag=asked.profile_tag
    )


def check_key(asked: SetPusher) -> None:
    """Raises BadPusher where app_id or pushkey cannot name a pusher."""
    if not asked.pushkey or len(asked.pushkey.encode()) > PUSHKEY_MAX_BYTES or "\0" in asked.pushkey:
        raise BadPusher(f"pushkey must have 1 to {PUSHKEY_MAX_BYTES} bytes")
    if not asked.app_id or len(asked.app_id) > APP_ID_MAX_CHARACTERS or "\0" in asked.app_id:
        raise BadPusher(f"app_id must have 1 to {APP_ID_MAX_CHARACTERS} characters")


def needs_activation(former: Pusher | None, kind: str, said: Said) -> bool:
    """Whether a client of web push has to show first that it gets what is sent there. Spec: MSC4174."""
    if kind not in WEB_PUSH_KINDS:
        return False
    if former is None or not former.is_web_push or not former.is_active:
        return True
    return any(former.said.data.get(name) != said.data.get(name) for name in ("url", "auth"))


def retry_after_ms(tries: int, asked_ms: int | None = None) -> int:
    """How long to wait after so many failures in a row, at least 1; asked_ms: how long the other side wants."""
    own_ms = min(FIRST_RETRY_MS << min(tries - 1, 20), LONGEST_RETRY_MS)
    return own_ms if asked_ms is None else min(max(own_ms, asked_ms), LONGEST_RETRY_MS)


def gateway_body(pusher: Pusher, told: Notification) -> bytes:
    """What a push gateway is sent. Spec: push gateway, POST /_matrix/push/v1/notify."""
    data = {name: value for name, value in pusher.said.data.items() if name != "url"}
    device: dict[str, object] = {
        "app_id": pusher.key.app_id,
        "pushkey": pusher.key.pushkey,
        "pushkey_ts": pusher.set_at_ms // 1000,
        "data": data,
    }
    if told.due is None:
        # Zero too: a badge that is not told of would stay.
        return _encode({"notification": {"counts": {"unread": told.unread}, "devices": [device]}})
    counts = {"unread": told.unread} if told.unread else {}
    if not _is_id_only(pusher):
        device["tweaks"] = tweaks_of(told.due.rule.actions)
    return _encode({"notification": {**_event_fields(pusher, told), "counts": counts, "devices": [device]}})


def web_push_body(pusher: Pusher, told: Notification) -> bytes:
    """What an app is sent by web push, small enough to be sent: less and less is said until it is."""
    assert told.due is not None
    default = pusher.said.data.get("default_payload")
    least = {"event_id": told.due.placed.event.event_id, "room_id": told.due.placed.event.room_id}
    counts = {"unread": told.unread} if told.unread else {}
    fields = _event_fields(pusher, told)
    fields.pop("content" if told.due.placed.event.type == _ENCRYPTED else "", None)
    body = _encode({**(default if isinstance(default, dict) else {}), **fields, **counts})
    for name in ("content", "room_name", "room_alias", "sender_display_name"):
        if len(body) <= WEB_PUSH_PAYLOAD_MAX_BYTES:
            return body
        fields.pop(name, None)
        body = _encode({**(default if isinstance(default, dict) else {}), **fields, **counts})
    return body if len(body) <= WEB_PUSH_PAYLOAD_MAX_BYTES else _encode({**least, **counts})


def activation_body(pusher: Pusher) -> bytes:
    """What a client of web push is to send back. Spec: MSC4174."""
    return _encode({"app_id": pusher.key.app_id, "ack_token": pusher.ack_token})


def is_urgent(told: Notification) -> bool:
    """Whether it is worth waking a sleeping device for. Of what is encrypted nobody knows, so it is."""
    if told.due is None:
        return False
    tweaks = tweaks_of(told.due.rule.actions)
    return told.due.placed.event.type == _ENCRYPTED or bool(tweaks.get("highlight") or tweaks.get("sound"))


def auth_secret(data: Mapping[str, object]) -> bytes:
    """The secret of a web push subscription. Raises BadPusher. Spec: RFC 8291, section 3.2."""
    return _decoded(data.get("auth"), AUTH_SECRET_BYTES, "data.auth")


def public_key(pushkey: str) -> bytes:
    """The key that a web push subscription is encrypted to. Raises BadPusher. Spec: RFC 8291, section 3.1."""
    return _decoded(pushkey, PUBLIC_KEY_BYTES, "pushkey")


def _event_fields(pusher: Pusher, told: Notification) -> dict[str, object]:
    assert told.due is not None
    event, titles = told.due.placed.event, told.titles
    fields: dict[str, object] = {
        "event_id": event.event_id,
        "room_id": event.room_id,
        "prio": "high" if is_urgent(told) else "low",
    }
    if _is_id_only(pusher):
        return fields
    fields |= {"type": event.type, "sender": event.sender, "content": event.content}
    if event.state_key is not None and event.type == "m.room.member":
        fields["user_is_target"] = event.state_key == pusher.key.user_id
    if titles is not None:
        names = (("sender_display_name", titles.sender_name), ("room_name", titles.room_name))
        fields |= {name: text for name, text in (*names, ("room_alias", titles.room_alias)) if text is not None}
    return fields


def _is_id_only(pusher: Pusher) -> bool:
    return pusher.said.data.get("format") == "event_id_only"


def _address(data: Mapping[str, object], *, is_lax: bool) -> str:
    """The path of data.url."""
    url = data.get("url")
    if url is None:
        raise PusherIncomplete("Missing parameters: data.url")
    if not isinstance(url, str) or len(url) > URL_MAX_CHARACTERS or not url.isascii() or not url.isprintable():
        raise BadPusher("data.url must be an address")
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0 and parts.username is None and " " not in url
    except ValueError:
        raise BadPusher("data.url must be an address") from None
    if not has_host or parts.scheme not in (("https", "http") if is_lax else ("https",)):
        raise BadPusher("data.url must be an https address")
    return parts.path


def _check_web_push(pushkey: str, data: Mapping[str, object]) -> None:
    if data.get("auth") is None:
        raise PusherIncomplete("Missing parameters: data.auth")
    _check_point(public_key(pushkey))
    auth_secret(data)
    if len(_encode(data.get("default_payload"))) > DEFAULT_PAYLOAD_MAX_BYTES:
        raise BadPusher(f"data.default_payload may have at most {DEFAULT_PAYLOAD_MAX_BYTES} bytes")


def _check_point(key: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - only for who uses web push

    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    except ValueError:
        raise BadPusher("pushkey must be an uncompressed point on P-256") from None


def _decoded(text: object, size_bytes: int, name: str) -> bytes:
    try:
        raw = decode_base64(text) if isinstance(text, str) else b""
    except Malformed:
        raw = b""
    if len(raw) != size_bytes:
        raise BadPusher(f"{name} must be {size_bytes} bytes in URL-safe base64 without padding")
    return raw
