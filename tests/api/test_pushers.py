"""Pushers: setting them, and what is told by way of a gateway."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.push_gateway import Answer, Gateway, events, pusher, sets_pusher
from tests.helpers.clock import FakeClock
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer


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
async def gateway() -> AsyncIterator[Gateway]:
    async with Gateway() as gateway:
        yield gateway


async def reads(person: Person, room_id: str, event_id: str) -> None:
    await person.done("POST", room(room_id, "receipt", "m.read", event_id), {})


async def look(server: RunningServer) -> None:
    """Those whose time has come are told now."""
    messenger = server.app.messenger
    assert messenger is not None
    messenger.push.follower.look()
    await server.settle()


async def restarted(server: RunningServer, *people: Person) -> None:
    await server.stop()
    await server.start()
    for person in people:
        person.app = server.app.http


async def test_a_pusher_is_set_listed_and_removed(alice: Person, bob: Person, gateway: Gateway) -> None:
    body = pusher(gateway.url, profile_tag="x", data={"url": gateway.url, "custom": [1, None]})
    assert await alice.done("POST", "pushers/set", body) == {}
    assert await alice.done("GET", "pushers") == {"pushers": [body]}
    assert await bob.done("GET", "pushers") == {"pushers": []}
    await alice.done("POST", "pushers/set", body | {"lang": "it"})
    assert [each["lang"] for each in (await alice.done("GET", "pushers"))["pushers"]] == ["it"]
    for _ in range(2):
        await alice.done("POST", "pushers/set", {"kind": None, "app_id": "org.example.app", "pushkey": "key"})
        assert await alice.done("GET", "pushers") == {"pushers": []}


async def test_a_pushkey_is_one_persons_unless_it_is_appended(alice: Person, bob: Person, gateway: Gateway) -> None:
    await sets_pusher(alice, gateway.url)
    await sets_pusher(bob, gateway.url, append=True)
    assert len((await alice.done("GET", "pushers"))["pushers"]) == 1
    await sets_pusher(bob, gateway.url)
    assert await alice.done("GET", "pushers") == {"pushers": []}
    assert len((await bob.done("GET", "pushers"))["pushers"]) == 1


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"lang": None, "data": None}, "M_MISSING_PARAM"),
        ({"data": {}}, "M_MISSING_PARAM"),
        ({"kind": "email"}, "M_INVALID_PARAM"),
        ({"kind": 5}, "M_BAD_JSON"),
        ({"data": {"url": "https://example.org/"}}, "M_INVALID_PARAM"),
        ({"pushkey": "x" * 513}, "M_INVALID_PARAM"),
        ({"pushkey": "a\0b"}, "M_INVALID_PARAM"),
        ({"app_id": "x" * 65}, "M_INVALID_PARAM"),
        ({"kind": None, "app_id": "a\0b"}, "M_INVALID_PARAM"),
        ({"kind": "webpush"}, "M_MISSING_PARAM"),
    ],
)
async def test_what_is_no_pusher_is_refused(
    alice: Person, gateway: Gateway, fields: dict[str, object], errcode: str
) -> None:
    reply = await alice.post("pushers/set", pusher(gateway.url, **fields))
    assert (reply.status, reply.errcode) == (400, errcode), reply.body
    for name in ("kind", "app_id", "pushkey"):
        body = {key: value for key, value in pusher(gateway.url).items() if key != name}
        assert (await alice.post("pushers/set", body)).errcode == "M_MISSING_PARAM"


async def test_nobody_has_more_pushers_than_they_may(
    alice: Person, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sottovoce.domains.push.service.pushers.PUSHERS_MAX", 1)
    await sets_pusher(alice, gateway.url)
    await sets_pusher(alice, gateway.url, lang="it")
    reply = await alice.post("pushers/set", pusher(gateway.url, pushkey="another"))
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_a_devices_pushers_go_with_it(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    other = await homeserver.another_device(bob)
    await sets_pusher(bob, gateway.url)
    await sets_pusher(other, gateway.url, pushkey="other")
    await other.done("POST", "logout", {})
    assert [each["pushkey"] for each in (await bob.done("GET", "pushers"))["pushers"]] == ["key"]
    await alice.says(a_room, "hello")
    await gateway.told(1)
    await homeserver.settle()
    assert len(gateway.asked) == 1


async def test_a_message_is_told(alice: Person, bob: Person, a_room: str, gateway: Gateway) -> None:
    await alice.sets(a_room, "m.room.name", {"name": "Tea"})
    await sets_pusher(bob, gateway.url, data={"url": gateway.url, "custom": 1})
    event_id = await alice.says(a_room, "hello")
    [told] = await gateway.told(1)
    [device] = told.pop("devices")
    assert told == {
        "event_id": event_id, "room_id": a_room, "type": "m.room.message", "sender": alice.user_id,
        "sender_display_name": "Alice", "room_name": "Tea", "prio": "high",
        "content": {"msgtype": "m.text", "body": "hello"}, "counts": {"unread": 1},
    }  # fmt: skip
    assert (device["app_id"], device["pushkey"], device["data"]) == ("org.example.app", "key", {"custom": 1})
    assert device["tweaks"] == {"sound": "default"}
    assert gateway.asked[0].headers["content-type"] == "application/json"


async def test_by_id_only_no_content_leaves_the_server(
    alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    await sets_pusher(bob, gateway.url, data={"url": gateway.url, "format": "event_id_only"})
    await alice.says(a_room, "yellow bird")
    [told] = await gateway.told(1)
    assert sorted(told) == ["counts", "devices", "event_id", "prio", "room_id"]
    assert b"yellow" not in gateway.asked[0].body


async def test_a_chat_without_a_name_is_told_by_its_peoples_names(
    alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    await sets_pusher(bob, gateway.url)
    await alice.says(a_room, "hello")
    assert (await gateway.told(1))[0]["room_name"] == "Alice"


async def test_an_invitation_is_told_and_nothing_more_of_the_room(alice: Person, bob: Person, gateway: Gateway) -> None:
    await sets_pusher(bob, gateway.url)
    room_id = await alice.creates_room()
    await alice.says(room_id, "before")
    await alice.invites(room_id, bob)
    await alice.says(room_id, "after")
    [told] = await gateway.told(1)
    assert (told["type"], told["user_is_target"], told["content"]["membership"]) == ("m.room.member", True, "invite")
    assert (told["sender_display_name"], told["room_name"]) == ("Alice", "Alice")


@pytest.mark.parametrize(
    ("data_type", "content"),
    [
        ("m.ignored_user_list", {"ignored_users": {"@alice:test": {}}}),
        ("org.matrix.msc4155.invite_permission_config", {"ignored_users": ["@ali*:test"]}),
    ],
)
async def test_an_invitation_that_is_not_shown_is_not_told_either(
    homeserver: RunningServer, alice: Person, bob: Person, carol: Person, gateway: Gateway, data_type: str, content: Any
) -> None:
    await sets_pusher(bob, gateway.url)
    await bob.done("PUT", f"user/{bob.user_id}/account_data/{data_type}", content)
    hidden = await alice.creates_room(invite=[bob.user_id])
    await alice.says(hidden, "bob?")
    shown = await carol.creates_room(invite=[bob.user_id])
    [told] = await gateway.told(1)
    await homeserver.settle()
    assert (told["room_id"], told["counts"].get("unread", 0)) == (shown, 0)
    assert len(gateway.asked) == 1
    assert list((await bob.syncs())["rooms"]["invite"]) == [shown]
    assert (await bob.done("GET", "notifications"))["notifications"] == []


async def test_an_invitation_blocked_before_it_could_be_told_is_not_told(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, gateway: Gateway
) -> None:
    await sets_pusher(bob, gateway.url)
    gateway.answering = lambda _: Answer(503)
    await alice.creates_room(invite=[bob.user_id])
    await gateway.told(1)
    await homeserver.settle()
    await bob.done("PUT", f"user/{bob.user_id}/account_data/m.invite_permission_config", {"default_action": "block"})
    clock.advance(60_000)
    await look(homeserver)
    assert len(gateway.asked) == 1


async def test_encrypted_messages_are_told(alice: Person, bob: Person, a_room: str, gateway: Gateway) -> None:
    await sets_pusher(bob, gateway.url)
    await alice.sends(a_room, "m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"})
    [told] = await gateway.told(1)
    assert (told["type"], told["prio"]) == ("m.room.encrypted", "high")


async def test_what_asks_for_no_attention_is_not_told(
    homeserver: RunningServer, alice: Person, bob: Person, carol: Person, a_room: str, gateway: Gateway
) -> None:
    await sets_pusher(bob, gateway.url)
    await bob.done(
        "PUT", f"user/{bob.user_id}/account_data/m.ignored_user_list", {"ignored_users": {carol.user_id: {}}}
    )
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    await alice.sends(a_room, "m.room.message", {"msgtype": "m.notice", "body": "beep"})
    await alice.sets(a_room, "m.room.topic", {"topic": "tea"})
    await carol.says(a_room, "bob?")
    await bob.says(a_room, "my own")
    event_id = await alice.says(a_room, "hello")
    told = await gateway.told(1)
    await homeserver.settle()
    assert events(told) == [event_id]
    assert len(gateway.asked) == 1


async def test_ones_own_rules_decide(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    await sets_pusher(bob, gateway.url)
    for rule_id in (".m.rule.message", ".m.rule.room_one_to_one"):
        await bob.done("PUT", f"pushrules/global/underride/{rule_id}/actions", {"actions": []})
    actions = ["notify", {"set_tweak": "sound", "value": "cake.wav"}]
    await bob.done("PUT", "pushrules/global/content/cake", {"actions": actions, "pattern": "cake"})
    await alice.says(a_room, "hello")
    event_id = await alice.says(a_room, "cake!")
    told = await gateway.told(1)
    await homeserver.settle()
    assert events([asked.json["notification"] for asked in gateway.asked]) == [event_id]
    assert told[-1]["devices"][0]["tweaks"] == {"sound": "cake.wav"}


async def test_reading_is_told_as_a_number(alice: Person, bob: Person, a_room: str, gateway: Gateway) -> None:
    await sets_pusher(bob, gateway.url)
    first = await alice.says(a_room, "one")
    await gateway.told(1)
    second = await alice.says(a_room, "two")
    told = await gateway.told(2)
    assert [each["counts"] for each in told] == [{"unread": 1}, {"unread": 2}]
    await reads(bob, a_room, first)
    told = await gateway.told(3)
    assert (sorted(told[-1]), told[-1]["counts"]) == (["counts", "devices"], {"unread": 1})
    await reads(bob, a_room, second)
    assert (await gateway.told(4))[-1]["counts"] == {"unread": 0}


async def test_the_number_is_that_of_all_chats(alice: Person, bob: Person, a_room: str, gateway: Gateway) -> None:
    other = await alice.creates_room(invite=[bob.user_id])
    await bob.joins(other)
    await alice.says(other, "hello")
    await sets_pusher(bob, gateway.url)
    await alice.says(a_room, "hello")
    assert (await gateway.told(1))[0]["counts"] == {"unread": 2}


async def test_the_receipts_of_others_are_no_news(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    await sets_pusher(bob, gateway.url)
    event_id = await bob.says(a_room, "hello")
    await homeserver.settle()
    await reads(alice, a_room, event_id)
    await homeserver.settle()
    assert gateway.asked == []


async def test_what_was_from_before_the_pusher_is_not_told(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    await alice.says(a_room, "before")
    await sets_pusher(bob, gateway.url)
    await homeserver.settle()
    event_id = await alice.says(a_room, "after")
    assert events(await gateway.told(1)) == [event_id]


async def test_a_pushkey_that_the_gateway_rejects_is_removed(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    gateway.answering = lambda _: Answer(200, b'{"rejected": ["other", "key"]}')
    await sets_pusher(bob, gateway.url)
    await alice.says(a_room, "one")
    await gateway.told(1)
    await homeserver.settle()
    assert await bob.done("GET", "pushers") == {"pushers": []}
    await alice.says(a_room, "two")
    await homeserver.settle()
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"no json", b'{"rejected": 5}', b'{"rejected": [5]}'])
async def test_an_answer_that_says_nothing_is_a_success(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, gateway: Gateway, body: bytes
) -> None:
    gateway.answering = lambda _: Answer(200, body)
    await sets_pusher(bob, gateway.url)
    await alice.says(a_room, "one")
    await gateway.told(1)
    await homeserver.settle()
    assert len((await bob.done("GET", "pushers"))["pushers"]) == 1
    await look(homeserver)
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503, 302])
async def test_what_could_not_be_told_is_told_later(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str, gateway: Gateway, status: int
) -> None:
    gateway.answering = lambda _: Answer(status)
    await sets_pusher(bob, gateway.url)
    first = await alice.says(a_room, "one")
    await gateway.told(1)
    second = await alice.says(a_room, "two")
    await homeserver.settle()
    await look(homeserver)
    assert len(gateway.asked) == 1
    gateway.answering = lambda _: Answer(200)
    clock.advance(60_000)
    await look(homeserver)
    assert events([asked.json["notification"] for asked in gateway.asked]) == [first, first, second]


async def test_a_gateway_is_asked_less_and_less_often_and_as_it_wishes(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    gateway.answering = lambda _: Answer(400, headers=(("Retry-After", "7"),))
    await sets_pusher(bob, gateway.url)
    await alice.says(a_room, "one")
    await gateway.told(1)
    await homeserver.settle()
    times = []
    for second in range(60):
        before = len(gateway.asked)
        await look(homeserver)
        times += [second] if len(gateway.asked) > before else []
        clock.advance(1000)
    assert times == [7, 14, 21, 29, 45]


async def test_what_was_not_told_before_a_restart_is_told_after_and_nothing_twice(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    await sets_pusher(bob, gateway.url)
    first = await alice.says(a_room, "one")
    await gateway.told(1)
    await homeserver.settle()
    gateway.answering = lambda _: Answer(500)
    second = await alice.says(a_room, "two")
    await gateway.told(2)
    await homeserver.settle()
    await restarted(homeserver, alice, bob)
    await homeserver.settle()
    third = await alice.says(a_room, "three")
    await homeserver.settle()
    assert len(gateway.asked) == 2
    gateway.answering = lambda _: Answer(200)
    clock.advance(60_000)
    await look(homeserver)
    assert events([asked.json["notification"] for asked in gateway.asked]) == [first, second, second, third]
    await restarted(homeserver, alice, bob)
    await homeserver.settle()
    assert len(gateway.asked) == 4


async def test_what_was_read_meanwhile_is_not_told_any_more(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    gateway.answering = lambda _: Answer(500)
    await sets_pusher(bob, gateway.url)
    await alice.says(a_room, "one")
    await gateway.told(1)
    second = await alice.says(a_room, "two")
    await reads(bob, a_room, second)
    await homeserver.settle()
    gateway.answering = lambda _: Answer(200)
    clock.advance(60_000)
    await look(homeserver)
    told = [asked.json["notification"] for asked in gateway.asked]
    assert len(events(told)) == 1
    assert told[-1]["counts"] == {"unread": 0}


async def test_a_gateway_that_does_not_answer_holds_nobody_elses(
    alice: Person, bob: Person, carol: Person, a_room: str, gateway: Gateway
) -> None:
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    async with Gateway() as slow:
        slow.hold = asyncio.Event()
        await sets_pusher(bob, slow.url)
        await sets_pusher(bob, gateway.url, pushkey="other")
        await sets_pusher(carol, gateway.url, pushkey="carols")
        event_id = await alice.says(a_room, "one")
        told = await gateway.told(2)
        await slow.told(1)
        assert {each["event_id"] for each in told} == {event_id}
        slow.hold.set()


async def test_messages_in_a_thread_that_was_answered_are_read(
    homeserver: RunningServer, clock: FakeClock, alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    gateway.answering = lambda _: Answer(500)
    await sets_pusher(bob, gateway.url)
    root = await alice.says(a_room, "root")
    await gateway.told(1)
    relation = {"rel_type": "m.thread", "event_id": root}
    for person in (alice, bob):
        content = {"msgtype": "m.text", "body": "…", "m.relates_to": relation}
        await person.sends(a_room, "m.room.message", content)
    await homeserver.settle()
    gateway.answering = lambda _: Answer(200)
    clock.advance(60_000)
    await look(homeserver)
    assert events([asked.json["notification"] for asked in gateway.asked]) == [root, root]


async def test_private_addresses_are_not_called_unless_they_may_be(tmp_path: Path, gateway: Gateway) -> None:
    server = RunningServer(tmp_path)
    await server.start()
    alice, bob = await server.person("alice"), await server.person("bob")
    assert (await bob.post("pushers/set", pusher(gateway.url))).errcode == "M_INVALID_PARAM"
    await sets_pusher(bob, f"https://127.0.0.1:{gateway.port}/_matrix/push/v1/notify")
    room_id = await alice.creates_room(invite=[bob.user_id])
    await bob.joins(room_id)
    await alice.says(room_id, "hello")
    await server.settle()
    assert server.app.messenger is not None
    assert server.app.messenger.push.follower.totals["failed"] > 0
    assert gateway.asked == []
    await server.stop()


async def test_pushes_are_counted(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, gateway: Gateway
) -> None:
    await sets_pusher(bob, gateway.url)
    await alice.says(a_room, "hello")
    await gateway.told(1)
    await homeserver.settle()
    assert homeserver.app.messenger is not None
    assert homeserver.app.messenger.push.follower.totals == {"delivered": 1, "rejected": 0, "failed": 0}
