"""Whatever is committed, at whatever moment of a waiting sync, is told: no wake-up is lost, nothing told twice."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.people import Person, room, texts
from tests.helpers.server import RunningServer
from tests.helpers.sliding_client import SlidingClient, a_list

LONG_MS = 60_000
SOON_S = 3
# One request crosses the event loop some ten times; past its end a later moment is like the next sync's.
MOMENTS = range(40)


@pytest.fixture
async def server(tmp_path: Path, new_database: Callable[[], str | None]) -> AsyncIterator[RunningServer]:
    server = RunningServer(tmp_path, database=new_database())
    await server.start()
    yield server
    await server.stop()


async def after_turns(turns: int, act: Callable[[], Awaitable[object]]) -> None:
    """Act after so many turns of the event loop."""
    for _ in range(turns):
        await asyncio.sleep(0)
    await act()


async def first_news(person: Person, since: str, is_it: Callable[[Any], bool]) -> str:
    """Sync, waiting long each time, until the news is told; where that leaves off."""
    while True:
        answer = await person.syncs(since, timeout=LONG_MS)
        since = answer["next_batch"]
        if is_it(answer):
            return since


async def is_told_whenever_it_happens(
    person: Person, act: Callable[[int], Awaitable[object]], is_it: Callable[[int, Any], bool]
) -> None:
    since = (await person.syncs())["next_batch"]
    for moment in MOMENTS:
        async with asyncio.timeout(SOON_S), asyncio.TaskGroup() as group:
            waiting = group.create_task(first_news(person, since, functools.partial(is_it, moment)))
            group.create_task(after_turns(moment, functools.partial(act, moment)))
        since = waiting.result()


def joined(answer: Any, room_id: str) -> Any:
    return answer.get("rooms", {}).get("join", {}).get(room_id, {})


def messages(answer: Any, room_id: str) -> list[str]:
    return texts(joined(answer, room_id).get("timeline", {}).get("events", []))


async def test_a_message_at_any_moment_of_a_sync_is_told(server: RunningServer) -> None:
    alice, bob = await server.person("alice"), await server.person("bob")
    room_id = await alice.creates_room(preset="public_chat")
    await bob.joins(room_id)
    await is_told_whenever_it_happens(
        bob,
        lambda moment: alice.says(room_id, str(moment)),
        lambda moment, answer: messages(answer, room_id) == [str(moment)],
    )


async def test_an_invitation_at_any_moment_of_a_sync_is_told(server: RunningServer) -> None:
    alice, bob = await server.person("alice"), await server.person("bob")
    await is_told_whenever_it_happens(
        bob,
        lambda moment: alice.creates_room(name=str(moment), invite=[bob.user_id]),
        lambda moment, answer: len(answer.get("rooms", {}).get("invite", {})) == 1,
    )


async def test_account_data_at_any_moment_of_a_sync_is_told(server: RunningServer) -> None:
    alice = await server.person("alice")
    laptop = await server.another_device(alice)
    await is_told_whenever_it_happens(
        alice,
        lambda moment: laptop.put(f"user/{alice.user_id}/account_data/it.test", {"n": moment}),
        lambda moment, answer: (
            {"type": "it.test", "content": {"n": moment}} in answer.get("account_data", {}).get("events", [])
        ),
    )


async def test_a_receipt_at_any_moment_of_a_sync_is_told(server: RunningServer) -> None:
    alice, bob = await server.person("alice"), await server.person("bob")
    room_id = await alice.creates_room(preset="public_chat")
    await bob.joins(room_id)
    events = [await alice.says(room_id, str(moment)) for moment in MOMENTS]
    await is_told_whenever_it_happens(
        alice,
        lambda moment: bob.post(room(room_id, "receipt", "m.read", events[moment]), {}),
        lambda moment, answer: events[moment] in str(joined(answer, room_id).get("ephemeral")),
    )


async def test_typing_at_any_moment_of_a_sync_is_told(server: RunningServer) -> None:
    alice, bob = await server.person("alice"), await server.person("bob")
    room_id = await alice.creates_room(preset="public_chat")
    await bob.joins(room_id)

    def is_typing(moment: int, answer: Any) -> bool:
        content = {"user_ids": [] if moment % 2 else [bob.user_id]}
        return {"type": "m.typing", "content": content} in joined(answer, room_id).get("ephemeral", {}).get(
            "events", []
        )

    await is_told_whenever_it_happens(
        alice,
        lambda moment: bob.put(room(room_id, "typing", bob.user_id), {"typing": moment % 2 == 0, "timeout": 30_000}),
        is_typing,
    )


async def test_a_message_to_a_device_at_any_moment_of_a_sync_is_told(server: RunningServer) -> None:
    alice, bob = await server.person("alice"), await server.person("bob")
    await is_told_whenever_it_happens(
        alice,
        lambda moment: bob.put(f"sendToDevice/t/{moment}", {"messages": {alice.user_id: {"*": {"n": moment}}}}),
        lambda moment, answer: (
            [it["content"] for it in answer.get("to_device", {}).get("events", [])] == [{"n": moment}]
        ),
    )


async def test_of_many_writing_at_once_everything_is_told_once_and_in_one_order(server: RunningServer) -> None:
    people = [await server.person(name) for name in ("alice", "bob", "carol")]
    room_id = await people[0].creates_room(preset="public_chat")
    for person in people[1:]:
        await person.joins(room_id)
    starts = [(await person.syncs())["next_batch"] for person in people]
    heard: list[list[str]] = [[] for _ in people]
    said = [f"{who}.{number}" for who in range(len(people)) for number in range(20)]

    async def listen(who: int, since: str) -> None:
        while len(heard[who]) < len(said):
            answer = await people[who].syncs(since, timeout=LONG_MS, filter='{"room":{"timeline":{"limit":100}}}')
            since = answer["next_batch"]
            heard[who] += messages(answer, room_id)

    async def speak(who: int) -> None:
        for text in said:
            if text.startswith(f"{who}."):
                await after_turns(who * 3, functools.partial(people[who].says, room_id, text))

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        for who, since in enumerate(starts):
            group.create_task(listen(who, since))
            group.create_task(speak(who))
    assert sorted(heard[0]) == sorted(said)
    assert heard[0] == heard[1] == heard[2]


async def test_a_message_at_any_moment_of_a_sliding_sync_is_told(server: RunningServer) -> None:
    alice, bob = await server.person("alice"), await server.person("bob")
    room_id = await alice.creates_room(preset="public_chat")
    await bob.joins(room_id)
    client = SlidingClient(bob, lists={"all": a_list(0, 0)})
    await client.sync()
    for moment in MOMENTS:
        async with asyncio.timeout(SOON_S), asyncio.TaskGroup() as group:
            waiting = group.create_task(client.sync(timeout=LONG_MS))
            group.create_task(after_turns(moment, functools.partial(alice.says, room_id, str(moment))))
        assert texts(waiting.result()["rooms"][room_id]["timeline"]) == [str(moment)]


async def test_what_is_beside_rooms_at_any_moment_of_a_sliding_sync_is_told(server: RunningServer) -> None:
    alice, bob = await server.person("alice"), await server.person("bob")
    room_id = await alice.creates_room(preset="public_chat")
    await bob.joins(room_id)
    extensions = {name: {"enabled": True} for name in ("typing", "account_data", "to_device")}
    client = SlidingClient(bob, lists={"all": a_list(0, 0)}, extensions=extensions)
    await client.sync()

    def hand(moment: int) -> Awaitable[object]:
        messages = {bob.user_id: {bob.device_id: {"n": moment}}}
        return alice.put(f"sendToDevice/it.test/h{moment}", {"messages": messages})

    acts: list[tuple[str, Callable[[int], Awaitable[object]]]] = [
        ("typing", lambda moment: alice.put(room(room_id, "typing", alice.user_id), {"typing": moment % 2 == 0})),
        ("account_data", lambda moment: bob.put(f"user/{bob.user_id}/account_data/it.test", {"n": moment})),
        ("to_device", hand),
    ]
    for extension, act in acts:
        for moment in MOMENTS:
            async with asyncio.timeout(SOON_S), asyncio.TaskGroup() as group:
                waiting = group.create_task(client.sync(timeout=LONG_MS))
                group.create_task(after_turns(moment, functools.partial(act, moment)))
            assert set(waiting.result()["extensions"]) == {extension}
