"""Messages from device to device."""

import asyncio
from typing import Any

import pytest

from sottovoce.domains.keys.model import MAX_MESSAGE_BYTES
from sottovoce.domains.keys.service import to_device as service
from tests.helpers.asgi import Reply, segment
from tests.helpers.people import Person
from tests.helpers.server import RunningServer


async def sends(
    sender: Person, messages: dict[str, Any], txn_id: str = "t1", message_type: str = "m.new_device"
) -> Reply:
    return await sender.put(f"sendToDevice/{message_type}/{segment(txn_id)}", {"messages": messages})


async def tells(sender: Person, receiver: Person, number: int) -> None:
    reply = await sends(sender, {receiver.user_id: {receiver.device_id: {"number": number}}}, txn_id=f"n{number}")
    assert reply.status == 200


def numbers(answer: dict[str, Any]) -> list[int]:
    return [event["content"]["number"] for event in answer.get("to_device", {}).get("events", [])]


async def test_a_message_arrives_at_the_device_it_names_and_at_no_other(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    other = await homeserver.another_device(bob)
    reply = await sends(alice, {bob.user_id: {bob.device_id: {"some": ["thing", 1, None]}}})
    assert (reply.status, reply.json) == (200, {})
    event = {"type": "m.new_device", "sender": alice.user_id, "content": {"some": ["thing", 1, None]}}
    assert (await bob.syncs())["to_device"] == {"events": [event]}
    assert "to_device" not in await other.syncs()
    assert "to_device" not in await alice.syncs()


async def test_a_star_means_every_device_and_a_named_one_gets_its_own(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    other = await homeserver.another_device(bob)
    await sends(alice, {bob.user_id: {"*": {"number": 1}, other.device_id: {"number": 2}}})
    assert (numbers(await bob.syncs()), numbers(await other.syncs())) == ([1], [2])


async def test_messages_come_in_order_and_once(alice: Person, bob: Person) -> None:
    since = (await bob.syncs())["next_batch"]
    for number in range(3):
        await tells(alice, bob, number)
    answer = await bob.syncs(since)
    assert numbers(answer) == [0, 1, 2]
    assert numbers(await bob.syncs(answer["next_batch"])) == []
    assert numbers(await bob.syncs()) == []


async def test_an_answer_that_was_lost_is_given_again(alice: Person, bob: Person) -> None:
    since = (await bob.syncs())["next_batch"]
    await tells(alice, bob, 1)
    assert numbers(await bob.syncs(since)) == [1]
    await tells(alice, bob, 2)
    assert numbers(await bob.syncs(since)) == [1, 2]


async def test_messages_outlive_a_restart_until_they_have_arrived(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    since = (await bob.syncs())["next_batch"]
    await tells(alice, bob, 1)
    answer = await bob.syncs(since)
    await homeserver.stop()
    await homeserver.start()
    alice.app = bob.app = homeserver.app.http
    assert numbers(await bob.syncs(since)) == [1]
    await tells(alice, bob, 2)
    answer = await bob.syncs(answer["next_batch"])
    assert numbers(answer) == [2]
    assert numbers(await bob.syncs(answer["next_batch"])) == []
    assert numbers(await bob.syncs()) == []


async def test_a_long_queue_comes_a_hundred_at_a_time_without_waiting(alice: Person, bob: Person) -> None:
    since = (await bob.syncs())["next_batch"]
    for number in range(service.MESSAGES_PER_ANSWER * 2 + 1):
        await tells(alice, bob, number)
    received = []
    for _ in range(3):
        async with asyncio.timeout(5):
            answer = await bob.syncs(since, timeout=60_000)
        assert 0 < len(numbers(answer)) <= service.MESSAGES_PER_ANSWER
        received += numbers(answer)
        since = answer["next_batch"]
    assert received == list(range(service.MESSAGES_PER_ANSWER * 2 + 1))
    assert numbers(await bob.syncs(since)) == []


async def test_a_waiting_sync_is_woken(alice: Person, bob: Person) -> None:
    since = (await bob.syncs())["next_batch"]
    async with asyncio.timeout(5):
        answer, _ = await asyncio.gather(bob.syncs(since, timeout=60_000), tells(alice, bob, 7))
    assert numbers(answer) == [7]


async def test_a_repeated_transaction_sends_nothing_again(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    await asyncio.gather(tells(alice, bob, 1), tells(alice, bob, 1))
    await homeserver.stop()
    await homeserver.start()
    alice.app = bob.app = homeserver.app.http
    await tells(alice, bob, 1)
    assert numbers(await bob.syncs()) == [1]


async def test_a_transaction_is_one_devices_and_of_one_type(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    other = await homeserver.another_device(alice)
    message = {bob.user_id: {bob.device_id: {"number": 1}}}
    await sends(alice, message)
    await sends(other, message)
    await sends(alice, message, message_type="m.other")
    assert numbers(await bob.syncs()) == [1, 1, 1]


async def test_people_and_devices_that_do_not_exist_are_passed_over(alice: Person, bob: Person) -> None:
    unknown: dict[str, Any] = {"NOTHING": {"number": 1}}
    people = {
        bob.user_id: unknown,
        "@nobody:test": unknown,
        "@a:elsewhere": unknown,
        "@b\0:test": unknown,
        "x": unknown,
    }
    assert (await sends(alice, people)).status == 200
    assert numbers(await bob.syncs()) == []


async def test_nothing_waits_for_a_device_that_was_signed_out(
    homeserver: RunningServer, alice: Person, bob: Person
) -> None:
    await tells(alice, bob, 1)
    await bob.done("POST", "logout", {})
    bob = await homeserver.signs_in_again(bob)
    assert numbers(await bob.syncs()) == []


async def test_of_a_queue_that_nobody_empties_the_oldest_go(
    homeserver: RunningServer, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "QUEUE_MAX_MESSAGES", 3)
    monkeypatch.setattr(service, "LOOKED_AT_EVERY_MESSAGES", 5)
    for number in range(5):
        await tells(alice, bob, number)
    await homeserver.settle()
    assert numbers(await bob.syncs()) == [2, 3, 4]


@pytest.mark.parametrize(
    ("body", "status", "errcode"),
    [
        ({}, 400, "M_MISSING_PARAM"),
        ({"messages": []}, 400, "M_BAD_JSON"),
        ({"messages": {"@bob:test": {"DEVICE": "text"}}}, 400, "M_BAD_JSON"),
        ({"messages": {"@bob:test": []}}, 400, "M_BAD_JSON"),
    ],
)
async def test_what_is_no_map_of_messages_is_refused(alice: Person, body: object, status: int, errcode: str) -> None:
    reply = await alice.put("sendToDevice/m.type/t", body)
    assert (reply.status, reply.errcode) == (status, errcode)


async def test_what_is_too_large_is_refused(alice: Person, bob: Person) -> None:
    reply = await sends(alice, {bob.user_id: {"*": {"text": "x" * MAX_MESSAGE_BYTES}}})
    assert (reply.status, reply.errcode) == (413, "M_TOO_LARGE")
    for txn_id, message_type in (("t" * 256, "m.type"), ("t", "m" * 256)):
        reply = await sends(alice, {}, txn_id, message_type)
        assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")
    assert numbers(await bob.syncs()) == []
