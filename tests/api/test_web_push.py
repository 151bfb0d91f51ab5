"""Web push without a gateway: a client that decrypts what comes, as a browser does."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from sottovoce.protocol.unpadded_base64 import decode_base64, encode_base64_urlsafe
from tests.helpers.clock import FakeClock
from tests.helpers.people import Person
from tests.helpers.server import RunningServer
from tests.helpers.web_server import Answer, Asked, WebServer

ACK = "/_matrix/client/unstable/org.matrix.msc4174/pushers/ack"
CAPABILITY = "org.matrix.msc4174.webpush"


class Subscription(WebServer):
    """A service of web push, with one client of its own subscribed."""

    def __init__(self) -> None:
        super().__init__(lambda _: Answer(201, b""))
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = b"sixteen bytes..!"

    @property
    def pushkey(self) -> str:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return encode_base64_urlsafe(point)

    def body(self, **fields: Any) -> dict[str, Any]:
        """A body of /pushers/set."""
        data = {"url": f"{self.address}/sub/1", "auth": encode_base64_urlsafe(self._auth)}
        return {
            "kind": CAPABILITY, "app_id": "org.example.web", "pushkey": self.pushkey, "app_display_name": "App",
            "device_display_name": "Browser", "lang": "en", "data": data | fields.pop("data", {}),
        } | fields  # fmt: skip

    def decrypted(self, asked: Asked) -> Any:
        """What the client reads. Spec: RFC 8291."""
        assert asked.headers["content-encoding"] == "aes128gcm"
        plain = http_ece.decrypt(asked.body, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        return json.loads(plain)

    async def messages(self, count: int) -> list[Any]:
        """What the client reads, as soon as there is so much."""
        return [self.decrypted(asked) for asked in await self.heard(count)]

    async def is_set_and_activated(self, person: Person, **fields: Any) -> None:
        before = len(self.asked)
        reply = await person.post("pushers/set", self.body(**fields))
        assert (reply.status, reply.json) == (201, {})
        ack = (await self.messages(before + 1))[-1]
        assert await person.done("POST", ACK, ack) == {}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def homeserver(
    tmp_path: Path, new_database: Callable[[], str | None], clock: FakeClock
) -> AsyncIterator[RunningServer]:
    server = RunningServer(tmp_path, clock, database=new_database(), push_private_addresses="on")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def subscription() -> AsyncIterator[Subscription]:
    async with Subscription() as subscription:
        yield subscription


async def activated(person: Person) -> list[bool]:
    return [each["activated"] for each in (await person.done("GET", "pushers"))["pushers"]]


async def test_a_message_reaches_the_client_and_nobody_between(
    alice: Person, bob: Person, a_room: str, subscription: Subscription
) -> None:
    await subscription.is_set_and_activated(bob, data={"default_payload": {"user_id": bob.user_id}})
    event_id = await alice.says(a_room, "yellow bird")
    message = (await subscription.messages(2))[1]
    assert message == {
        "user_id": bob.user_id, "event_id": event_id, "room_id": a_room, "prio": "high", "type": "m.room.message",
        "sender": alice.user_id, "sender_display_name": "Alice", "room_name": "Alice", "unread": 1,
        "content": {"msgtype": "m.text", "body": "yellow bird"},
    }  # fmt: skip
    asked = subscription.asked[1]
    assert b"yellow" not in asked.body
    assert (asked.path, asked.headers["urgency"]) == ("/sub/1", "high")
    assert int(asked.headers["ttl"]) > 3600
    assert len(asked.headers["topic"]) == 32
    assert len(asked.body) <= 4096


async def test_the_server_shows_who_it_is_by_the_key_it_tells(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, subscription: Subscription
) -> None:
    told = (await bob.done("GET", "capabilities"))["capabilities"][CAPABILITY]
    assert told["enabled"] is True
    assert len(decode_base64(told["vapid"])) == 65
    await subscription.is_set_and_activated(bob)
    authorization = subscription.asked[0].headers["authorization"]
    assert authorization.endswith(f",k={told['vapid']}")
    assert Vapid02.verify(authorization)
    token = authorization.partition("t=")[2].partition(",")[0].split(".")[1]
    claims = json.loads(decode_base64(token))
    assert claims["aud"] == subscription.address
    assert claims["sub"] == "https://test"
    now_s = homeserver.app.base.clock.now_ms() // 1000
    assert now_s < claims["exp"] <= now_s + 24 * 3600
    await homeserver.stop()
    await homeserver.start()
    bob.app = homeserver.app.http
    assert (await bob.done("GET", "capabilities"))["capabilities"][CAPABILITY] == told


async def test_it_is_advertised(alice: Person) -> None:
    assert (await alice.done("GET", "/_matrix/client/versions"))["unstable_features"]["org.matrix.msc4174"] is True


async def test_nothing_is_told_until_the_client_has_shown_that_it_reads(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, subscription: Subscription
) -> None:
    assert (await bob.post("pushers/set", subscription.body())).status == 201
    [ack] = await subscription.messages(1)
    assert sorted(ack) == ["ack_token", "app_id"]
    await alice.says(a_room, "before")
    await homeserver.settle()
    assert len(subscription.asked) == 1
    assert await activated(bob) == [False]
    assert (await bob.done("GET", "pushers"))["pushers"][0]["data"]["activated"] is False
    await bob.done("POST", ACK, ack)
    assert await activated(bob) == [True]
    event_id = await alice.says(a_room, "after")
    assert (await subscription.messages(2))[1]["event_id"] == event_id


async def test_a_pusher_that_is_set_again_stays_activated_unless_its_address_is_another(
    bob: Person, subscription: Subscription
) -> None:
    await subscription.is_set_and_activated(bob)
    assert (await bob.post("pushers/set", subscription.body(lang="it"))).status == 200
    assert await activated(bob) == [True]
    moved = subscription.body(data={"url": f"{subscription.address}/sub/2"})
    assert (await bob.post("pushers/set", moved)).status == 201
    assert await activated(bob) == [False]
    assert len(await subscription.messages(2)) == 2


async def test_tokens_activate_their_own_pusher_once_and_in_time(
    bob: Person, alice: Person, subscription: Subscription, clock: FakeClock
) -> None:
    reply = await bob.post(ACK, {"app_id": "org.example.web", "ack_token": "x"})
    assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")
    await bob.post("pushers/set", subscription.body())
    [ack] = await subscription.messages(1)
    reply = await bob.post(ACK, ack | {"ack_token": "x"})
    assert (reply.status, reply.errcode) == (400, "M_UNKNOWN_ACTIVATION_TOKEN")
    assert (await alice.post(ACK, ack)).status == 404
    assert (await bob.post(ACK, {"app_id": "org.example.web"})).errcode == "M_MISSING_PARAM"
    clock.advance(300_000)
    reply = await bob.post(ACK, ack)
    assert (reply.status, reply.errcode) == (410, "M_EXPIRED_ACTIVATION_TOKEN")
    assert (await bob.post("pushers/set", subscription.body())).status == 201
    again = (await subscription.messages(2))[1]
    await bob.done("POST", ACK, again)
    assert (await bob.post(ACK, again)).errcode == "M_UNKNOWN_ACTIVATION_TOKEN"


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_subscription_that_is_gone_is_removed(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, subscription: Subscription, status: int
) -> None:
    await subscription.is_set_and_activated(bob)
    subscription.answering = lambda _: Answer(status)
    await alice.says(a_room, "hello")
    await subscription.heard(2)
    await homeserver.settle()
    assert await bob.done("GET", "pushers") == {"pushers": []}


@pytest.mark.parametrize("status", [429, 500])
async def test_a_service_that_is_busy_is_asked_again(
    homeserver: RunningServer,
    clock: FakeClock,
    alice: Person,
    bob: Person,
    a_room: str,
    subscription: Subscription,
    status: int,
) -> None:
    await subscription.is_set_and_activated(bob)
    subscription.answering = lambda _: Answer(status)
    await alice.says(a_room, "hello")
    await subscription.heard(2)
    await homeserver.settle()
    subscription.answering = lambda _: Answer(201, b"")
    clock.advance(60_000)
    assert homeserver.app.messenger is not None
    homeserver.app.messenger.push.follower.look()
    first, second = (await subscription.messages(3))[1:]
    assert first == second


async def test_of_encrypted_messages_not_even_the_cipher_is_sent(
    alice: Person, bob: Person, a_room: str, subscription: Subscription
) -> None:
    await subscription.is_set_and_activated(bob)
    await alice.sends(a_room, "m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x" * 9000})
    message = (await subscription.messages(2))[1]
    assert "content" not in message
    assert message["type"] == "m.room.encrypted"


async def test_a_long_message_is_told_without_its_text(
    alice: Person, bob: Person, a_room: str, subscription: Subscription
) -> None:
    await subscription.is_set_and_activated(bob)
    await alice.says(a_room, "ö" * 5000)
    message = (await subscription.messages(2))[1]
    assert "content" not in message
    assert len(subscription.asked[1].body) <= 4096


async def test_reading_disturbs_no_browser(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, subscription: Subscription
) -> None:
    await subscription.is_set_and_activated(bob, data={"format": "event_id_only"})
    event_id = await alice.says(a_room, "hello")
    assert sorted((await subscription.messages(2))[1]) == ["event_id", "prio", "room_id", "unread"]
    await bob.done("POST", f"rooms/{a_room}/receipt/m.read/{event_id}", {})
    await homeserver.settle()
    assert len(subscription.asked) == 2
