"""The pure rules of pushers."""

import base64
from typing import Any

import msgspec
import pytest

from sottovoce.domains.push.model import BadPusher, Due, Notification, Pusher, PusherIncomplete, PusherKey, SetPusher
from sottovoce.domains.push.rules import pushers as rules
from sottovoce.domains.rooms.model import TimelineEvent, Titles
from sottovoce.protocol.ids import DeviceId, UserId
from sottovoce.protocol.push_rules import Rule
from tests.protocol.builders import ALICE, BOB, Content, Room

URL = "https://push.example.org/_matrix/push/v1/notify"
ROOM = Room()
TITLES = Titles("Tea", "#tea:test", "Alice")
LOUD = ["notify", {"set_tweak": "sound", "value": "default"}, {"set_tweak": "highlight"}]
PUBLIC_KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
"""That of the example in RFC 8291, appendix A."""
AUTH = base64.urlsafe_b64encode(b"a" * 16).rstrip(b"=").decode()


def asked(**fields: Any) -> SetPusher:
    whole: dict[str, Any] = {
        "kind": "http", "app_id": "org.example", "pushkey": "key", "app_display_name": "App",
        "device_display_name": "Phone", "lang": "en", "data": {"url": URL},
    }  # fmt: skip
    return SetPusher(**(whole | fields))


def web_push(**data: Any) -> SetPusher:
    whole = {"url": "https://push.example.net/sub/1", "auth": AUTH}
    return asked(kind="webpush", pushkey=PUBLIC_KEY, data=whole | data)


def pusher(of: SetPusher, **fields: Any) -> Pusher:
    said = rules.checked(of, is_lax=False)
    key = PusherKey(UserId(BOB), of.app_id, of.pushkey)
    whole: dict[str, Any] = {"key": key, "device_id": DeviceId("D"), "kind": of.kind, "said": said}
    return Pusher(**(whole | {"set_at_ms": 12_345_678, "position": 0} | fields))


def told(content: Content, event_type: str = "m.room.message", actions: Any = None, unread: int = 3) -> Notification:
    event = ROOM.event(event_type, ALICE, content, BOB if event_type == "m.room.member" else None)
    placed = TimelineEvent(7, event, b"", b"", None, None, None)
    rule = Rule(rule_id="r", default=False, enabled=True, actions=LOUD if actions is None else actions)
    return Notification(unread, Due(placed, rule), TITLES)


def test_a_pusher_that_may_be_is_kept_as_it_is_said() -> None:
    said = rules.checked(asked(profile_tag="x", data={"url": URL, "custom": {"a": 1}}), is_lax=False)
    assert (said.app_display_name, said.lang, said.profile_tag) == ("App", "en", "x")
    assert said.data == {"url": URL, "custom": {"a": 1}}


@pytest.mark.parametrize("name", ["app_display_name", "device_display_name", "lang", "data"])
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(PusherIncomplete, match=name):
        rules.checked(asked(**{name: None}), is_lax=False)


@pytest.mark.parametrize("of", [asked(data={}), web_push(auth=None), web_push(url=None)])
def test_an_address_and_a_secret_are_needed(of: SetPusher) -> None:
    with pytest.raises(PusherIncomplete, match="data"):
        rules.checked(of, is_lax=False)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://push.example.org/_matrix/push/v1/notify",
            "https://push.example.org/",
            "https://x:y@a/_matrix",
            5,
            "",
        ),
        *("ftp://a/_matrix/push/v1/notify", "https:///_matrix/push/v1/notify", URL + "\n", URL + "/", "https://[::1/"),
        *(f"https://ä/{URL}", URL + "?" + "x" * 3000, "https://a:99999/_matrix/push/v1/notify"),
    ],
)
def test_the_address_of_a_gateway_must_be_one(url: object) -> None:
    with pytest.raises(BadPusher):
        rules.checked(asked(data={"url": url}), is_lax=False)


def test_an_address_without_tls_may_be_allowed() -> None:
    rules.checked(asked(data={"url": "http://10.0.0.1/_matrix/push/v1/notify"}), is_lax=True)


@pytest.mark.parametrize(
    "of",
    [
        *(asked(kind="email"), asked(pushkey="x" * 513), asked(pushkey=""), asked(pushkey="a\0b"), asked(app_id="")),
        *(
            asked(app_id="x" * 65),
            asked(app_id="a\0"),
            asked(lang="x" * 256),
            asked(data={"url": URL, "a": "x" * 9000}),
        ),
        *(asked(kind="webpush", data={"url": URL, "auth": AUTH}), web_push(auth="short"), web_push(auth=5)),
        *(web_push(auth="!" * 22), web_push(default_payload={"a": "x" * 2000})),
    ],
)
def test_pushers_that_cannot_be_are_refused(of: SetPusher) -> None:
    with pytest.raises(BadPusher):
        rules.checked(of, is_lax=False)


def test_the_longest_names_are_allowed() -> None:
    rules.checked(asked(app_id="x" * 64, pushkey="y" * 512), is_lax=False)


def test_web_push_has_to_be_activated_when_anything_of_it_is_new() -> None:
    said = rules.checked(web_push(), is_lax=False)
    active = pusher(web_push())
    assert rules.needs_activation(None, "webpush", said)
    assert not rules.needs_activation(active, "webpush", said)
    assert rules.needs_activation(pusher(web_push(url="https://other.example")), "webpush", said)
    assert rules.needs_activation(pusher(web_push(), is_active=False), "webpush", said)
    assert rules.needs_activation(pusher(asked()), "webpush", said)
    assert not rules.needs_activation(None, "http", said)


def test_it_is_tried_again_later_and_later_but_no_more_than_an_hour_apart() -> None:
    assert [rules.retry_after_ms(tries) for tries in (1, 2, 5)] == [1000, 2000, 16_000]
    assert rules.retry_after_ms(50) == 3_600_000
    assert rules.retry_after_ms(1, 60_000) == 60_000
    assert rules.retry_after_ms(1, 10**9) == 3_600_000


def test_a_gateway_is_told_all_there_is_to_tell() -> None:
    of = pusher(asked(data={"url": URL, "custom": 1}))
    note = told({"msgtype": "m.text", "body": "hello"})
    assert note.due is not None
    assert msgspec.json.decode(rules.gateway_body(of, note)) == {
        "notification": {
            "event_id": note.due.placed.event.event_id,
            "room_id": ROOM.room_id,
            "type": "m.room.message",
            "sender": ALICE,
            "sender_display_name": "Alice",
            "room_name": "Tea",
            "room_alias": "#tea:test",
            "prio": "high",
            "content": {"msgtype": "m.text", "body": "hello"},
            "counts": {"unread": 3},
            "devices": [
                {
                    "app_id": "org.example",
                    "pushkey": "key",
                    "pushkey_ts": 12_345,
                    "data": {"custom": 1},
                    "tweaks": {"sound": "default", "highlight": True},
                }
            ],
        }
    }


def test_by_id_only_nothing_else_is_told() -> None:
    of = pusher(asked(data={"url": URL, "format": "event_id_only"}))
    note = told({"body": "hello"}, actions=["notify"], unread=0)
    assert note.due is not None
    device = {"app_id": "org.example", "pushkey": "key", "pushkey_ts": 12_345, "data": {"format": "event_id_only"}}
    assert msgspec.json.decode(rules.gateway_body(of, note))["notification"] == {
        "event_id": note.due.placed.event.event_id,
        "room_id": ROOM.room_id,
        "prio": "low",
        "counts": {},
        "devices": [device],
    }


def test_a_badge_is_told_also_when_it_is_zero() -> None:
    body = msgspec.json.decode(rules.gateway_body(pusher(asked()), Notification(0)))
    assert list(body["notification"]) == ["counts", "devices"]
    assert body["notification"]["counts"] == {"unread": 0}


def test_an_invitation_says_whether_it_is_the_readers() -> None:
    body = msgspec.json.decode(rules.gateway_body(pusher(asked()), told({"membership": "invite"}, "m.room.member")))
    assert body["notification"]["user_is_target"] is True


def test_web_push_tells_the_same_and_what_the_client_wants_with_it() -> None:
    of = pusher(web_push(default_payload={"user_id": BOB}))
    body = msgspec.json.decode(rules.web_push_body(of, told({"body": "hello"})))
    assert body["content"] == {"body": "hello"}
    assert (body["user_id"], body["unread"], body["prio"], body["room_name"]) == (BOB, 3, "high", "Tea")


def test_what_is_encrypted_is_not_sent_along() -> None:
    body = msgspec.json.decode(rules.web_push_body(pusher(web_push()), told({"ciphertext": "x"}, "m.room.encrypted")))
    assert "content" not in body
    assert body["type"] == "m.room.encrypted"


@pytest.mark.parametrize("size", [10, 3_000, 20_000])
def test_web_push_always_fits(size: int) -> None:
    of = pusher(web_push(default_payload={"a": "x" * 900}))
    long = told({"body": "ö" * size})._replace(titles=Titles("n" * size, None, "s" * size))
    body = rules.web_push_body(of, long)
    assert len(body) <= rules.WEB_PUSH_PAYLOAD_MAX_BYTES
    assert "event_id" in msgspec.json.decode(body)


def test_by_id_only_web_push_tells_ids() -> None:
    body = msgspec.json.decode(rules.web_push_body(pusher(web_push(format="event_id_only")), told({"body": "x"})))
    assert sorted(body) == ["event_id", "prio", "room_id", "unread"]


def test_sounds_highlights_and_secrets_are_urgent() -> None:
    assert rules.is_urgent(told({}))
    assert rules.is_urgent(told({}, "m.room.encrypted", ["notify"]))
    assert not rules.is_urgent(told({}, actions=["notify"]))
    assert not rules.is_urgent(Notification(1))


@pytest.mark.parametrize("point", [b"\x04" + b"k" * 64, b"\x02" + b"k" * 32, b"\x02" + b"k" * 64, b"", b"\x04"])
def test_a_key_of_web_push_is_a_point_on_its_curve(point: bytes) -> None:
    pushkey = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
    with pytest.raises(BadPusher):
        rules.checked(asked(kind="webpush", pushkey=pushkey, data={"url": "https://a", "auth": AUTH}), is_lax=False)
    assert len(rules.public_key(PUBLIC_KEY)) == 65
