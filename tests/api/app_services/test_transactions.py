"""What an app service is told, in which order, and that it is told. Spec: application-service, Pushing events."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from sottovoce.domains.appservices import rules
from sottovoce.domains.appservices.service import delivery
from tests.helpers.app_service import AS_TOKEN, HS_TOKEN, Bridge, Ghost, ghost, written
from tests.helpers.people import Person
from tests.helpers.server import RunningServer
from tests.helpers.web_server import Answer


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(rules, "LONGEST_WAIT_S", 0.01)


@pytest.fixture
async def ada(bridge: Bridge) -> Ghost:
    return await ghost(bridge.homeserver, "_irc_ada")


@pytest.fixture
async def alice(bridge: Bridge) -> Person:
    return await bridge.homeserver.person("alice")


@pytest.fixture
async def portal(bridge: Bridge, alice: Person, ada: Ghost) -> str:
    """A room alice made, with ada in it; all of it told."""
    room_id = await alice.creates_room(preset="public_chat")
    await ada.joins(room_id)
    await bridge.until(lambda: bridge.events)
    return room_id


async def test_what_is_said_in_a_room_with_one_of_its_users_is_told(bridge: Bridge, alice: Person, portal: str) -> None:
    event_id = await alice.says(portal, "hello over there")
    await bridge.until(lambda: bridge.texts)
    asked = bridge.transactions[-1]
    assert asked.method == "PUT"
    assert asked.path.startswith("/irc/_matrix/app/v1/transactions/")
    assert asked.headers["authorization"] == f"Bearer {HS_TOKEN}"
    assert asked.headers["content-type"] == "application/json"
    event = asked.json["events"][-1]
    assert event.pop("unsigned")["age"] >= 0
    assert event.pop("origin_server_ts") > 0
    assert event == {
        "type": "m.room.message",
        "content": {"msgtype": "m.text", "body": "hello over there"},
        "sender": "@alice:test",
        "room_id": portal,
        "event_id": event_id,
    }


async def test_rooms_without_its_users_are_not_told(bridge: Bridge, alice: Person, portal: str) -> None:
    private = await alice.creates_room()
    await alice.says(private, "between us")
    await alice.says(portal, "to all")
    await bridge.until(lambda: bridge.texts)
    assert bridge.texts == ["to all"]
    assert {event["room_id"] for event in bridge.events} == {portal}


async def test_invitations_of_its_users_are_told_and_nothing_before(bridge: Bridge, alice: Person, ada: Ghost) -> None:
    room_id = await alice.creates_room()
    await alice.says(room_id, "before")
    await alice.done("POST", f"rooms/{room_id}/invite", {"user_id": ada.user_id})
    await alice.says(room_id, "meanwhile")
    await ada.joins(room_id)
    await alice.says(room_id, "after")
    await bridge.until(lambda: bridge.texts)
    assert [event["content"].get("membership") for event in bridge.events] == ["invite", "join", None]
    assert bridge.texts == ["after"]


async def test_the_sender_counts_as_one_of_its_users(bridge: Bridge, alice: Person) -> None:
    room_id = await alice.creates_room()
    await alice.done("POST", f"rooms/{room_id}/invite", {"user_id": "@ircbot:test"})
    await bridge.until(lambda: bridge.events)
    assert bridge.events[0]["state_key"] == "@ircbot:test"


async def test_once_its_last_user_has_left_it_hears_that_and_no_more(
    bridge: Bridge, alice: Person, ada: Ghost, portal: str
) -> None:
    await ada.leaves(portal)
    await alice.says(portal, "gone")
    other = await alice.creates_room(preset="public_chat")
    await ada.joins(other)
    await bridge.until(lambda: bridge.events[-1]["room_id"] == other)
    assert bridge.texts == []
    assert [event["content"]["membership"] for event in bridge.events] == ["join", "leave", "join"]


async def test_who_was_in_the_room_counts_as_of_each_event(
    bridge: Bridge, alice: Person, ada: Ghost, portal: str
) -> None:
    bridge.hold = asyncio.Event()
    await alice.says(portal, "held back")
    await bridge.until(lambda: bridge.texts)
    await alice.says(portal, "with ada")
    await ada.leaves(portal)
    await alice.says(portal, "without ada")
    await ada.joins(portal)
    await alice.says(portal, "with ada again")
    bridge.hold.set()
    await bridge.until(lambda: "with ada again" in bridge.texts)
    assert bridge.texts == ["held back", "with ada", "with ada again"]


async def test_a_transaction_is_sent_until_it_is_taken_and_those_behind_it_wait(
    bridge: Bridge, alice: Person, portal: str
) -> None:
    count = len(bridge.transactions)
    bridge.answering = lambda asked: Answer(503)
    await alice.says(portal, "one")
    await bridge.until(lambda: len(bridge.transactions) >= count + 4)
    await alice.says(portal, "two")
    await bridge.until(lambda: len(bridge.transactions) >= count + 8)
    again = {(asked.path.rpartition("/")[2], asked.body) for asked in bridge.transactions[count:]}
    assert len(again) == 1
    assert bridge.texts == ["one"]
    bridge.answering = lambda asked: Answer()
    await bridge.until(lambda: "two" in bridge.texts)
    assert bridge.texts == ["one", "two"]


async def test_older_bridges_are_told_at_their_paths(bridge: Bridge, alice: Person, portal: str) -> None:
    bridge.answering = lambda asked: Answer(404 if "/_matrix/app/v1/" in asked.path else 200)
    await alice.says(portal, "hello")
    await bridge.until(lambda: bridge.transactions[-1].path.startswith("/irc/transactions/"))
    count = len(bridge.transactions)
    await alice.says(portal, "again")
    await bridge.until(lambda: len(bridge.transactions) == count + 2)
    assert [asked.path.startswith("/irc/transactions/") for asked in bridge.transactions[count:]] == [False, True]


async def test_nothing_is_lost_or_told_anew_over_a_restart(bridge: Bridge, alice: Person, portal: str) -> None:
    bridge.answering = lambda asked: Answer(503)
    await alice.says(portal, "under way")
    await bridge.until(lambda: bridge.texts)
    under_way = bridge.transactions[-1]
    await alice.says(portal, "behind it")
    await bridge.homeserver.stop()
    count = len(bridge.transactions)
    bridge.answering = lambda asked: Answer()
    await bridge.homeserver.start()
    await bridge.until(lambda: "behind it" in bridge.texts)
    resumed, following = bridge.transactions[count:]
    assert resumed.path.rpartition("/")[2] == under_way.path.rpartition("/")[2]
    assert [event["event_id"] for event in resumed.json["events"]] == [
        event["event_id"] for event in under_way.json["events"]
    ]
    assert following.path.rpartition("/")[2] != under_way.path.rpartition("/")[2]
    assert bridge.texts == ["under way", "behind it"]


async def test_what_was_taken_is_not_told_again_by_the_next_run(bridge: Bridge, alice: Person, portal: str) -> None:
    await alice.says(portal, "before")
    await bridge.until(lambda: bridge.texts)
    await bridge.homeserver.settle()
    await bridge.homeserver.stop()
    await bridge.homeserver.start()
    again = Person(bridge.homeserver.app.http, alice.user_id, alice.device_id, str(alice.token))
    await again.says(portal, "after")
    await bridge.until(lambda: "after" in bridge.texts)
    assert bridge.texts == ["before", "after"]


async def test_many_events_come_in_order_in_transactions_of_a_bounded_size(
    bridge: Bridge, alice: Person, portal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "EVENTS_TOLD_MAX", 7)
    monkeypatch.setattr(delivery, "EVENTS_LOOKED_AT_MAX", 11)
    elsewhere = await alice.creates_room()
    said = [f"message {number}" for number in range(40)]
    bridge.hold = asyncio.Event()
    for text in said:
        await alice.says(portal, text)
        await alice.says(elsewhere, "not for them")
    bridge.hold.set()
    await bridge.until(lambda: len(bridge.texts) == len(said))
    assert bridge.texts == said
    assert max(len(asked.json["events"]) for asked in bridge.transactions) <= 7


async def test_large_events_are_not_heaped_up(
    bridge: Bridge, alice: Person, portal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "EVENTS_TOLD_BYTES", 10_000)
    bridge.hold = asyncio.Event()
    for _ in range(6):
        await alice.says(portal, "x" * 4000)
    await alice.says(portal, "x" * 30_000)
    bridge.hold.set()
    await bridge.until(lambda: len(bridge.texts) == 7)
    assert max(len(asked.json["events"]) for asked in bridge.transactions) <= 2


@pytest.mark.parametrize("kind", ["rooms", "aliases"])
async def test_rooms_of_its_namespaces_are_told_whoever_is_in_them(
    tmp_path: Path, kind: str, new_database: object
) -> None:
    async with Bridge() as bridge:
        namespace = [{"exclusive": False, "regex": "!.*" if kind == "rooms" else "#lake.*"}]
        file = written(tmp_path, url=bridge.address, namespaces={kind: namespace})
        server = bridge.homeserver = RunningServer(tmp_path, app_services=str(file))
        await server.start()
        alice = await server.person("alice")
        room_id = await alice.creates_room(room_alias_name="lake")
        await alice.says(room_id, "hello")
        await bridge.until(lambda: bridge.texts)
        assert bridge.events[0]["type"] == "m.room.create"
        await server.stop()


async def test_a_redacted_message_is_told_as_such(bridge: Bridge, alice: Person, portal: str) -> None:
    event_id = await alice.says(portal, "a slip")
    await bridge.until(lambda: bridge.texts)
    await alice.done("PUT", f"rooms/{portal}/redact/{event_id}/1", {"reason": "a slip"})
    await bridge.until(lambda: bridge.events[-1]["type"] == "m.room.redaction")
    assert bridge.events[-1]["content"]["redacts"] == event_id


async def test_neither_tokens_nor_messages_are_logged(bridge: Bridge, alice: Person, portal: str) -> None:
    with capture_logs() as logs:
        bridge.answering = lambda asked: Answer(503, b"a secret of the bridge")
        await alice.says(portal, "yellow bird")
        count = len(bridge.transactions)
        await bridge.until(lambda: len(bridge.transactions) > count + 4)
        bridge.answering = lambda asked: Answer()
        await alice.says(portal, "blue bird")
        await bridge.until(lambda: "blue bird" in bridge.texts)
    said = str(logs)
    assert "appservices.not_told" in said
    assert not any(secret in said for secret in ("bird", AS_TOKEN, HS_TOKEN, "a secret"))
