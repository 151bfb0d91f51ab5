"""What somebody suspended may and may not do in rooms, and what a lock does to who waits."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sottovoce.domains.accounts.model import Caller
from sottovoce.protocol.ids import DeviceId, UserId
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer

ADMIN = Caller(UserId("@admin:test"), DeviceId("X"), is_admin=True)

Set = Callable[[Person], Awaitable[None]]


@pytest.fixture
def suspend(homeserver: RunningServer) -> Set:
    async def suspend(person: Person) -> None:
        await homeserver.app.base.accounts.moderation.suspend(ADMIN, person.user_id, True)

    return suspend


async def test_a_suspended_person_says_and_changes_nothing(
    alice: Person, bob: Person, carol: Person, a_room: str, suspend: Set
) -> None:
    await suspend(bob)
    for method, path in (
        ("POST", "createRoom"),
        ("POST", room(a_room, "invite")),
        ("POST", room(a_room, "join")),
        ("POST", "join/%23a:test"),
        ("POST", "knock/%23a:test"),
        ("POST", room(a_room, "kick")),
        ("PUT", room(a_room, "send", "m.room.message", "1")),
        ("PUT", room(a_room, "state", "m.room.topic")),
        ("PUT", f"presence/{bob.user_id}/status"),
    ):
        reply = await bob.request(method, path, json={"body": "x", "topic": "x", "user_id": carol.user_id})
        assert (reply.status, reply.errcode) == (403, "M_USER_SUSPENDED"), path


async def test_a_suspended_person_reads_takes_back_and_leaves(
    alice: Person, bob: Person, a_room: str, suspend: Set
) -> None:
    mine, other = await bob.says(a_room, "mine"), await bob.says(a_room, "other")
    await suspend(bob)
    said = await alice.says(a_room, "hello")
    assert "hello" in await bob.reads(a_room)
    await bob.done("POST", room(a_room, "receipt", "m.read", said), {})
    await bob.done("PUT", room(a_room, "redact", mine, "1"), {})
    await bob.done("PUT", room(a_room, "send", "m.room.redaction", "2"), {"redacts": other})
    assert await alice.reads(a_room) == ["hello"]
    await bob.leaves(a_room)


async def test_a_suspended_moderator_takes_back_nobody_elses(
    alice: Person, bob: Person, a_room: str, suspend: Set
) -> None:
    said = await bob.says(a_room, "hello")
    await suspend(alice)
    for reply in (
        await alice.put(room(a_room, "redact", said, "1"), {}),
        await alice.put(room(a_room, "send", "m.room.redaction", "2"), {"redacts": said}),
    ):
        assert (reply.status, reply.errcode) == (403, "M_USER_SUSPENDED")


async def test_whoever_waits_for_news_hears_of_a_lock_at_once(homeserver: RunningServer, alice: Person) -> None:
    since = (await alice.syncs())["next_batch"]
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(alice.get("sync", query={"since": since, "timeout": 60_000}))
        while not homeserver.app.base.changes.waiting:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0)
        await homeserver.app.base.accounts.moderation.lock(ADMIN, alice.user_id, True)
    reply = waiting.result()
    assert (reply.status, reply.errcode, reply.json["soft_logout"]) == (401, "M_USER_LOCKED", True)
