"""How much is unread."""

from typing import Any

import pytest

from sottovoce.domains.push import model as push
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer

THREADED = '{"room": {"timeline": {"unread_thread_notifications": true}}}'


def unread_in(answer: dict[str, Any], room_id: str) -> tuple[int, int] | None:
    """(notifications, highlights) as the answer says; None if it says nothing of it."""
    counts = answer.get("rooms", {}).get("join", {}).get(room_id, {}).get("unread_notifications")
    return None if counts is None else (counts["notification_count"], counts["highlight_count"])


def threads_in(answer: dict[str, Any], room_id: str) -> dict[str, tuple[int, int]]:
    threads = answer["rooms"]["join"][room_id].get("unread_thread_notifications", {})
    return {root: (counts["notification_count"], counts["highlight_count"]) for root, counts in threads.items()}


async def unread(person: Person, room_id: str) -> tuple[int, int] | None:
    return unread_in(await person.syncs(), room_id)


async def reads_up_to(person: Person, room_id: str, event_id: str, kind: str = "m.read", **body: object) -> None:
    await person.done("POST", room(room_id, "receipt", kind, event_id), body)


async def replies(person: Person, room_id: str, root: str) -> str:
    relation = {"rel_type": "m.thread", "event_id": root}
    return await person.sends(room_id, "m.room.message", {"msgtype": "m.text", "body": "…", "m.relates_to": relation})


async def test_messages_of_others_are_unread_in_the_answer_that_brings_them(
    alice: Person, bob: Person, a_room: str
) -> None:
    since = (await bob.syncs())["next_batch"]
    for number in range(1, 4):
        await alice.says(a_room, "hello")
        answer = await bob.syncs(since)
        since = answer["next_batch"]
        assert unread_in(answer, a_room) == (number, 0)
    assert await unread(bob, a_room) == (3, 0)
    assert await unread(alice, a_room) == (0, 0)


async def test_nothing_from_before_one_came_in_is_unread(alice: Person, carol: Person, a_room: str) -> None:
    await alice.says(a_room, "before")
    await alice.invites(a_room, carol)
    await alice.says(a_room, "invited")
    await carol.joins(a_room)
    await alice.says(a_room, "after")
    assert await unread(carol, a_room) == (1, 0)


async def test_a_new_name_of_ones_own_reads_nothing(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "hello")
    await bob.sets(a_room, "m.room.member", {"membership": "join", "displayname": "Robert"}, bob.user_id)
    assert await unread(bob, a_room) == (1, 0)


async def test_whoever_leaves_and_comes_back_starts_anew(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "one")
    assert await unread(bob, a_room) == (1, 0)
    since = (await bob.syncs())["next_batch"]
    await bob.leaves(a_room)
    await alice.invites(a_room, bob)
    await bob.joins(a_room)
    await alice.says(a_room, "two")
    assert unread_in(await bob.syncs(since), a_room) == (1, 0)
    assert await unread(bob, a_room) == (1, 0)


@pytest.mark.parametrize("kind", ["m.read", "m.read.private"])
async def test_a_receipt_of_either_kind_reads_and_the_answer_says_so(
    alice: Person, bob: Person, a_room: str, kind: str
) -> None:
    first = await alice.says(a_room, "one")
    await alice.says(a_room, "two")
    since = (await bob.syncs())["next_batch"]
    await reads_up_to(bob, a_room, first, kind)
    assert unread_in(await bob.syncs(since), a_room) == (1, 0)
    assert await unread(bob, a_room) == (1, 0)


async def test_the_receipt_further_on_counts(alice: Person, bob: Person, a_room: str) -> None:
    first, second = await alice.says(a_room, "one"), await alice.says(a_room, "two")
    await reads_up_to(bob, a_room, second, "m.read.private")
    await reads_up_to(bob, a_room, first, "m.read")
    assert await unread(bob, a_room) == (0, 0)


async def test_somebody_elses_receipt_says_nothing_of_ones_own_counts(alice: Person, bob: Person, a_room: str) -> None:
    event_id = await bob.says(a_room, "hello")
    since = (await bob.syncs())["next_batch"]
    await reads_up_to(alice, a_room, event_id)
    assert unread_in(await bob.syncs(since), a_room) is None


async def test_writing_oneself_reads_what_was_before(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "one")
    since = (await bob.syncs())["next_batch"]
    await bob.says(a_room, "answer")
    assert unread_in(await bob.syncs(since), a_room) == (0, 0)
    await alice.says(a_room, "two")
    assert await unread(bob, a_room) == (1, 0)


async def test_mentions_are_highlights(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    content = {"msgtype": "m.text", "body": "bob!", "m.mentions": {"user_ids": [bob.user_id]}}
    await alice.sends(a_room, "m.room.message", content)
    assert await unread(bob, a_room) == (1, 1)
    assert await unread(carol, a_room) == (1, 0)


async def test_mentioning_everybody_takes_the_power_to(alice: Person, bob: Person, a_room: str) -> None:
    content = {"msgtype": "m.text", "body": "all!", "m.mentions": {"room": True}}
    await alice.sends(a_room, "m.room.message", content)
    assert await unread(bob, a_room) == (1, 1)
    await bob.sends(a_room, "m.room.message", content)
    assert await unread(alice, a_room) == (1, 0)


@pytest.mark.parametrize(
    ("event_type", "content"),
    [
        ("m.room.message", {"msgtype": "m.notice", "body": "beep"}),
        ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": "👍"}}),
        (
            "m.room.message",
            {"msgtype": "m.text", "body": "*", "m.relates_to": {"rel_type": "m.replace", "event_id": "$x"}},
        ),
        ("org.example.unknown", {}),
    ],
)
async def test_what_bothers_nobody_is_not_unread(
    alice: Person, bob: Person, a_room: str, event_type: str, content: dict[str, object]
) -> None:
    await alice.sends(a_room, event_type, content)
    assert await unread(bob, a_room) == (0, 0)


async def test_encrypted_messages_are_unread(alice: Person, bob: Person, a_room: str) -> None:
    await alice.sends(a_room, "m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "…"})
    assert await unread(bob, a_room) == (1, 0)


async def test_a_message_taken_back_is_no_longer_unread(alice: Person, bob: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "oops")
    await alice.says(a_room, "hello")
    answer = await bob.syncs()
    assert unread_in(answer, a_room) == (2, 0)
    await alice.done("PUT", room(a_room, "redact", event_id, "r1"), {})
    assert unread_in(await bob.syncs(answer["next_batch"]), a_room) == (1, 0)
    assert await unread(bob, a_room) == (1, 0)


async def test_threads_are_counted_apart_for_those_who_ask(alice: Person, bob: Person, a_room: str) -> None:
    root = await alice.says(a_room, "root")
    await replies(alice, a_room, root)
    await replies(alice, a_room, root)
    answer = await bob.syncs(filter=THREADED)
    assert unread_in(answer, a_room) == (1, 0)
    assert threads_in(answer, a_room) == {root: (2, 0)}
    assert await unread(bob, a_room) == (3, 0)


async def test_receipts_of_threads_read_their_thread(alice: Person, bob: Person, a_room: str) -> None:
    root = await alice.says(a_room, "root")
    reply = await replies(alice, a_room, root)
    await reads_up_to(bob, a_room, reply, thread_id=root)
    answer = await bob.syncs(filter=THREADED)
    assert (unread_in(answer, a_room), threads_in(answer, a_room)) == ((1, 0), {})
    await reads_up_to(bob, a_room, root, thread_id="main")
    assert await unread(bob, a_room) == (0, 0)


async def test_an_unthreaded_receipt_reads_all_threads(alice: Person, bob: Person, a_room: str) -> None:
    root = await alice.says(a_room, "root")
    reply = await replies(alice, a_room, root)
    await reads_up_to(bob, a_room, reply)
    answer = await bob.syncs(filter=THREADED)
    assert (unread_in(answer, a_room), threads_in(answer, a_room)) == ((0, 0), {})


async def test_counts_are_the_same_after_a_restart(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str
) -> None:
    root = await alice.says(a_room, "root")
    await reads_up_to(bob, a_room, root)
    await replies(alice, a_room, root)
    await alice.says(a_room, "more")
    before = await unread(bob, a_room)
    await homeserver.stop()
    await homeserver.start()
    bob.app = homeserver.app.http
    assert await unread(bob, a_room) == before == (2, 0)


async def test_only_the_newest_events_are_counted(
    monkeypatch: pytest.MonkeyPatch, alice: Person, bob: Person, a_room: str
) -> None:
    for module in ("counts", "window"):
        monkeypatch.setattr(f"sottovoce.domains.push.service.{module}.COUNTED_EVENTS_MAX", 5)
    monkeypatch.setattr("sottovoce.domains.push.service.window.SPARE_EVENTS_MAX", 4)
    since = (await bob.syncs())["next_batch"]
    for number in range(1, 30):
        await alice.says(a_room, "hello")
        answer = await bob.syncs(since)
        since = answer["next_batch"]
        assert unread_in(answer, a_room) == (min(number, 5), 0)
    assert push.COUNTED_EVENTS_MAX == 1000
