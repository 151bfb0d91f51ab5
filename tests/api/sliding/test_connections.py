"""How a sliding sync waits, goes on, and repeats what was lost. Spec: MSC4186, Connections."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from sottovoce.domains.sync.service import connections
from sottovoce.protocol.ids import UserId
from tests.helpers.asgi import Connection
from tests.helpers.people import Person, texts
from tests.helpers.server import RunningServer
from tests.helpers.sliding_client import MERGED, SlidingClient, a_list

LONG_MS = 20_000
NO_TIME_S = 2
EVERYTHING = {"all": a_list()}


async def soon(answer: Awaitable[Any]) -> Any:
    """The answer, which must come long before a long-poll would end by itself."""
    return await asyncio.wait_for(answer, NO_TIME_S)


async def refusal(client: SlidingClient, **body: Any) -> str:
    reply = await client.asks(**body)
    assert reply.status == 400
    errcode: str = reply.json["errcode"]
    return errcode


async def test_the_first_request_does_not_wait(alice: Person) -> None:
    answer = await soon(SlidingClient(alice, lists=EVERYTHING, timeout=LONG_MS).sync())
    assert answer["rooms"] == {}


async def test_who_waits_is_told_at_once(alice: Person, bob: Person, a_room: str) -> None:
    client = SlidingClient(bob, lists=EVERYTHING)
    await client.sync()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(soon(client.sync(timeout=LONG_MS)))
        await asyncio.sleep(0)
        await alice.says(a_room, "ciao")
    assert texts(waiting.result()["rooms"][a_room]["timeline"]) == ["ciao"]


async def test_who_waits_is_not_woken_by_a_room_outside_of_the_window(alice: Person) -> None:
    old, _ = [await alice.creates_room() for _ in range(2)]
    asked = {"timeline_limit": 1, "required_state": {}}
    client = SlidingClient(alice, room_subscriptions={old: asked})
    await client.sync()
    elsewhere = await alice.creates_room()
    answer = await soon(client.sync(timeout=50))
    assert answer["rooms"] == {}
    await alice.says(elsewhere, "ciao")
    assert (await soon(client.sync(timeout=50)))["rooms"] == {}


async def test_at_the_stop_who_waits_is_answered(homeserver: RunningServer, alice: Person) -> None:
    client = SlidingClient(alice, lists=EVERYTHING)
    await client.sync()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(soon(client.sync(timeout=LONG_MS)))
        await asyncio.sleep(0.02)
        homeserver.app.close_waits()
    assert waiting.result()["rooms"] == {}


async def test_a_device_that_is_signed_out_is_told_so(homeserver: RunningServer, alice: Person) -> None:
    laptop = await homeserver.another_device(alice)
    client = SlidingClient(laptop, lists=EVERYTHING)
    await client.sync()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(soon(client.asks(timeout=LONG_MS)))
        await asyncio.sleep(0.02)
        await laptop.done("POST", "logout", {})
    assert waiting.result().json["errcode"] == "M_UNKNOWN_TOKEN"


async def test_an_answer_that_was_lost_comes_again(alice: Person, bob: Person, a_room: str) -> None:
    other = await bob.creates_room()
    client = SlidingClient(bob, lists={"all": a_list(0, 0)})
    await client.sync()
    await alice.says(a_room, "ciao")
    lost = (await client.asks()).json
    assert set(lost["rooms"]) == {a_room}
    again = (await client.asks()).json
    assert texts(again["rooms"][a_room]["timeline"]) == texts(lost["rooms"][a_room]["timeline"])
    await alice.says(a_room, "e poi")
    more = await client.sync()
    assert texts(more["rooms"][a_room]["timeline"])[-2:] == ["ciao", "e poi"]
    assert "initial" in more["rooms"][a_room], "the window held the other room first"
    assert other in client.rooms


async def test_who_changes_the_request_loses_nothing(alice: Person) -> None:
    rooms = [await alice.creates_room() for _ in range(3)]
    client = SlidingClient(alice, lists={"all": a_list(0, 0)})
    await client.sync()
    await client.asks(lists={"all": a_list(0, 2)})
    answer = await client.sync(lists={"all": a_list(0, 1)})
    assert set(answer["rooms"]) == {rooms[1]}
    assert set((await client.sync(lists={"all": a_list(0, 2)}))["rooms"]) == {rooms[0]}


async def test_a_position_before_the_last_two_is_not_known(alice: Person) -> None:
    client = SlidingClient(alice, lists=EVERYTHING)
    first = (await client.sync())["pos"]
    await client.sync()
    assert (await client.asks(pos=first)).status == 200, "it may have lost the second"
    await client.asks(pos=client.pos)
    client = SlidingClient(alice, lists=EVERYTHING)
    first = (await client.sync())["pos"]
    await client.sync()
    await client.sync()
    assert await refusal(client, pos=first) == "M_UNKNOWN_POS"


async def test_an_answer_that_another_request_overtook_is_not_counted(alice: Person, bob: Person, a_room: str) -> None:
    client = SlidingClient(bob, lists=EVERYTHING)
    await client.sync()
    async with asyncio.TaskGroup() as group:
        overtaken = group.create_task(soon(client.asks(timeout=LONG_MS)))
        await asyncio.sleep(0.02)
        overtaking = group.create_task(soon(client.asks(timeout=LONG_MS)))
        await asyncio.sleep(0.02)
        await alice.says(a_room, "ciao")
    assert overtaken.result().json["rooms"] == {}
    answer = overtaking.result().json
    assert texts(answer["rooms"][a_room]["timeline"]) == ["ciao"]
    client.hear(answer)
    assert (await client.sync())["rooms"] == {}


@pytest.mark.parametrize("pos", ["", "no", "s" + "A" * 43])
async def test_a_position_that_is_none_is_not_known(alice: Person, pos: str) -> None:
    assert await refusal(SlidingClient(alice, lists=EVERYTHING), pos=pos) == "M_UNKNOWN_POS"


async def test_a_position_is_of_one_device_and_of_one_connection(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    laptop = await homeserver.another_device(alice)
    client = SlidingClient(alice, lists=EVERYTHING)
    pos = (await client.sync())["pos"]
    for person in (laptop, bob):
        stranger = SlidingClient(person, lists=EVERYTHING)
        await stranger.sync()
        assert await refusal(stranger, pos=pos) == "M_UNKNOWN_POS"
    assert await refusal(client, conn_id="another") == "M_UNKNOWN_POS"
    assert await refusal(client, pos=(await alice.syncs())["next_batch"]) == "M_UNKNOWN_POS"
    assert (await client.asks()).status == 200


async def test_connections_of_a_device_do_not_disturb_each_other(alice: Person, a_room: str) -> None:
    one, other = (SlidingClient(alice, conn_id=name, lists=EVERYTHING) for name in ("one", "other"))
    for client in (one, other):
        assert set((await client.sync())["rooms"]) == {a_room}
    await alice.says(a_room, "ciao")
    for client in (one, other):
        assert texts((await client.sync())["rooms"][a_room]["timeline"]) == ["ciao"]


async def test_without_a_position_a_connection_begins_anew(alice: Person, a_room: str) -> None:
    client = SlidingClient(alice, lists=EVERYTHING)
    first = (await client.sync())["pos"]
    client.pos = None
    assert (await client.sync())["rooms"][a_room]["initial"] is True
    assert await refusal(client, pos=first) == "M_UNKNOWN_POS"


async def test_of_too_many_connections_the_oldest_is_forgotten(alice: Person) -> None:
    clients = [
        SlidingClient(alice, conn_id=str(number), lists=EVERYTHING)
        for number in range(connections.MAX_CONNECTIONS_PER_DEVICE + 1)
    ]
    for client in clients:
        await client.sync()
    assert await refusal(clients[0]) == "M_UNKNOWN_POS"
    assert (await clients[1].asks()).status == 200


async def test_of_too_many_rooms_told_the_longest_unused_are_forgotten(
    monkeypatch: pytest.MonkeyPatch, alice: Person, bob: Person
) -> None:
    monkeypatch.setattr(connections, "MAX_TOLD_ROOMS", 4)
    for person in (alice, bob):
        for _ in range(2):
            await person.creates_room()
    first = SlidingClient(alice, lists=EVERYTHING)
    await first.sync()
    await SlidingClient(bob, lists=EVERYTHING).sync()
    assert await refusal(first) == "M_UNKNOWN_POS"


async def test_after_a_restart_a_connection_begins_anew(homeserver: RunningServer, alice: Person, a_room: str) -> None:
    client = SlidingClient(alice, lists=EVERYTHING)
    await client.sync()
    await homeserver.stop()
    await homeserver.start()
    alice.app = homeserver.app.http
    assert await refusal(client) == "M_UNKNOWN_POS"
    client.pos = None
    assert set((await client.sync())["rooms"]) == {a_room}


async def test_of_somebody_who_is_gone_no_connection_is_remembered(homeserver: RunningServer, alice: Person) -> None:
    client = SlidingClient(alice, lists=EVERYTHING)
    await client.sync()
    assert homeserver.app.messenger is not None
    for farewells in homeserver.app.messenger._rooms_part.people_follower.farewells:
        await farewells.forget_user(UserId(alice.user_id))
    assert await refusal(client) == "M_UNKNOWN_POS"


async def test_a_position_is_a_place_in_a_timeline(alice: Person, a_room: str) -> None:
    await alice.says(a_room, "prima")
    client = SlidingClient(alice, lists=EVERYTHING)
    pos = (await client.sync())["pos"]
    await alice.says(a_room, "dopo")
    assert await alice.reads(a_room, dir="f", **{"from": pos}) == ["dopo"]
    assert (await alice.reads(a_room, **{"from": pos}))[:1] == ["prima"]
    assert (await alice.request("GET", "sync", query={"since": pos})).status == 400


async def test_a_client_that_leaves_ends_its_wait(alice: Person) -> None:
    client = SlidingClient(alice, lists=EVERYTHING)
    await client.sync()
    connection = Connection()
    body = client.body | {"pos": client.pos, "timeout": LONG_MS}
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(alice.post(MERGED, body, connection=connection))
        await asyncio.sleep(0.02)
        connection.close()
    assert waiting.result().status == 0


@pytest.mark.usefixtures("a_room")
async def test_somebody_syncing_is_there(homeserver: RunningServer, alice: Person, bob: Person) -> None:
    await SlidingClient(alice, lists=EVERYTHING, set_presence="unavailable").sync()
    assert homeserver.app.messenger is not None
    await homeserver.app.messenger.presence.sweep()
    shown = await bob.done("GET", f"presence/{alice.user_id}/status")
    assert shown["presence"] == "unavailable"
