"""Messages to the devices of an app service's users. Proposal: MSC4203."""

import asyncio
from typing import Any

import pytest

from sottovoce.domains.appservices.service import mail
from tests.helpers.app_service import Bridge, Ghost, ghost
from tests.helpers.people import Person
from tests.helpers.web_server import Answer

FIELD = "de.sorunome.msc2409.to_device"


def told(bridge: Bridge) -> list[dict[str, Any]]:
    """The messages told, in order, those of transactions that came again once."""
    by_txn = {asked.path.rpartition("/")[2]: asked.json.get(FIELD, ()) for asked in bridge.transactions}
    return [message for messages in by_txn.values() for message in messages]


def numbers(bridge: Bridge) -> list[int]:
    return [message["content"]["number"] for message in told(bridge)]


@pytest.fixture
async def alice(bridge: Bridge) -> Person:
    return await bridge.homeserver.person("alice")


@pytest.fixture
async def ada(bridge: Bridge) -> Ghost:
    """A user of the bridge on a device."""
    return await ghost(bridge.homeserver, "_irc_ada", "IRC")


async def sends(person: Person, number: int, *devices: tuple[str, str]) -> None:
    messages: dict[str, dict[str, object]] = {}
    for user_id, device_id in devices:
        messages.setdefault(user_id, {})[device_id] = {"number": number}
    path = f"sendToDevice/m.dummy/{person.user_id[1:3]}{number}"
    await person.done("PUT", path, {"messages": messages})


async def test_a_message_to_a_device_of_its_user_is_told_with_whom_it_is_for(
    bridge: Bridge, alice: Person, ada: Ghost
) -> None:
    await sends(alice, 1, (ada.user_id, "IRC"), (alice.user_id, alice.device_id))
    await bridge.until(lambda: told(bridge))
    assert told(bridge) == [
        {
            "type": "m.dummy",
            "sender": "@alice:test",
            "content": {"number": 1},
            "to_user_id": "@_irc_ada:test",
            "to_device_id": "IRC",
        }
    ]


async def test_once_taken_it_is_gone(bridge: Bridge, alice: Person, ada: Ghost) -> None:
    await sends(alice, 1, (ada.user_id, "IRC"))
    await bridge.until(lambda: told(bridge))
    await sends(alice, 2, (ada.user_id, "IRC"))
    await bridge.until(lambda: len(told(bridge)) == 2)
    assert numbers(bridge) == [1, 2]
    await sends(alice, 3, (ada.user_id, "IRC"))
    await bridge.until(lambda: len(told(bridge)) == 3)
    waiting = (await ada.syncs()).get("to_device", {"events": []})["events"]
    assert [message["content"]["number"] for message in waiting] in ([], [3])


async def test_what_waits_is_told_once_over_a_restart(bridge: Bridge, alice: Person, ada: Ghost) -> None:
    bridge.answering = lambda asked: Answer(503)
    for number in (1, 2, 3):
        await sends(alice, number, (ada.user_id, "IRC"))
    await bridge.until(lambda: told(bridge))
    first = numbers(bridge)
    await bridge.homeserver.stop()
    bridge.answering = lambda asked: Answer()
    await bridge.homeserver.start()
    await bridge.until(lambda: len(numbers(bridge)) >= 3)
    assert numbers(bridge)[: len(first)] == first
    assert numbers(bridge) == [1, 2, 3]


async def test_many_messages_come_in_order_and_none_is_lost(
    bridge: Bridge, alice: Person, ada: Ghost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "MESSAGES_TOLD_MAX", 5)
    others = [await ghost(bridge.homeserver, f"_irc_{name}", "IRC") for name in ("bea", "cyd")]
    bridge.hold = asyncio.Event()
    for number in range(230):
        await sends(alice, number, *((each.user_id, "IRC") for each in (ada, *others)))
    bridge.hold.set()
    await bridge.until(lambda: len(told(bridge)) == 3 * 230)
    for each in (ada, *others):
        mine = [message["content"]["number"] for message in told(bridge) if message["to_user_id"] == each.user_id]
        assert mine == list(range(230))


async def test_devices_of_people_are_not_its_business(bridge: Bridge, alice: Person, ada: Ghost) -> None:
    await sends(alice, 1, (alice.user_id, "*"))
    await sends(alice, 2, (ada.user_id, "*"))
    await bridge.until(lambda: told(bridge))
    assert numbers(bridge) == [2]
    assert [m["content"]["number"] for m in (await alice.syncs())["to_device"]["events"]] == [1]
