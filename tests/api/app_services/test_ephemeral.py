"""Typing, receipts and presence for app services. Spec: application-service, Pushing ephemeral data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.app_service import Bridge, Ghost, ghost, written
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer


def ephemeral(bridge: Bridge, kind: str) -> list[dict[str, Any]]:
    """What was told of this kind, in order."""
    told = [event for asked in bridge.transactions for event in asked.json.get("ephemeral", ())]
    return [event for event in told if event["type"] == kind]


@pytest.fixture
async def alice(bridge: Bridge) -> Person:
    return await bridge.homeserver.person("alice")


@pytest.fixture
async def bob(bridge: Bridge) -> Person:
    return await bridge.homeserver.person("bob")


@pytest.fixture
async def ada(bridge: Bridge) -> Ghost:
    return await ghost(bridge.homeserver, "_irc_ada")


@pytest.fixture
async def portal(bridge: Bridge, alice: Person, ada: Ghost) -> str:
    """A room alice made, with ada in it; all of it told."""
    room_id = await alice.creates_room(preset="public_chat")
    await ada.joins(room_id)
    await bridge.until(lambda: bridge.events)
    return room_id


async def types(person: Person, room_id: str, *, typing: bool = True) -> None:
    body: dict[str, object] = {"typing": typing, "timeout": 20_000} if typing else {"typing": False}
    await person.done("PUT", room(room_id, "typing", person.user_id), body)


async def test_typing_is_told_with_the_room_it_is_in(bridge: Bridge, alice: Person, portal: str) -> None:
    await types(alice, portal)
    await bridge.until(lambda: ephemeral(bridge, "m.typing"))
    await types(alice, portal, typing=False)
    await bridge.until(lambda: len(ephemeral(bridge, "m.typing")) == 2)
    assert ephemeral(bridge, "m.typing") == [
        {"type": "m.typing", "room_id": portal, "content": {"user_ids": ["@alice:test"]}},
        {"type": "m.typing", "room_id": portal, "content": {"user_ids": []}},
    ]
    assert bridge.transactions[-1].json["events"] == []


async def test_receipts_are_told_private_ones_only_of_its_users(
    bridge: Bridge, alice: Person, ada: Ghost, portal: str
) -> None:
    event_id = await ada.says(portal, "hello")
    for person, kind in ((alice, "m.read.private"), (ada, "m.read.private"), (alice, "m.read")):
        await person.done("POST", room(portal, "receipt", kind, event_id), {})
    await bridge.until(lambda: "'m.read'" in str(ephemeral(bridge, "m.receipt")))
    read: dict[str, set[str]] = {}
    for event in ephemeral(bridge, "m.receipt"):
        assert event["room_id"] == portal
        for kind, people in event["content"][event_id].items():
            read.setdefault(kind, set()).update(people)
    assert read == {"m.read": {"@alice:test"}, "m.read.private": {"@_irc_ada:test"}}


async def test_threads_keep_their_receipts_apart(bridge: Bridge, alice: Person, portal: str) -> None:
    event_id = await alice.says(portal, "hello")
    await alice.done("POST", room(portal, "receipt", "m.read", event_id), {"thread_id": "main"})
    await bridge.until(lambda: ephemeral(bridge, "m.receipt"))
    (event,) = ephemeral(bridge, "m.receipt")
    assert event["content"][event_id]["m.read"]["@alice:test"]["thread_id"] == "main"


async def test_what_happens_elsewhere_is_not_told(bridge: Bridge, alice: Person, bob: Person, portal: str) -> None:
    private = await bob.creates_room()
    event_id = await bob.says(private, "alone")
    await types(bob, private)
    await bob.done("POST", room(private, "receipt", "m.read", event_id), {})
    await bob.done("PUT", f"presence/{bob.user_id}/status", {"presence": "online", "status_msg": "here"})
    await bridge.homeserver.app.messenger.presence.sweep()  # type: ignore[union-attr]
    await types(alice, portal)
    await bridge.until(lambda: ephemeral(bridge, "m.typing"))
    told = [event for asked in bridge.transactions for event in asked.json.get("ephemeral", ())]
    assert private not in str(told)
    assert "@bob:test" not in str(told)


async def test_presence_of_people_it_shares_a_room_with_is_told(bridge: Bridge, alice: Person, portal: str) -> None:
    await alice.done("PUT", f"presence/{alice.user_id}/status", {"presence": "online", "status_msg": "here"})
    await bridge.homeserver.app.messenger.presence.sweep()  # type: ignore[union-attr]
    await bridge.until(lambda: ephemeral(bridge, "m.presence"))
    event = ephemeral(bridge, "m.presence")[-1]
    assert (event["sender"], event["content"]["presence"]) == ("@alice:test", "online")
    assert event["content"]["status_msg"] == "here"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ("receive_ephemeral", "ephemeral"),
        ("de.sorunome.msc2409.push_ephemeral", "de.sorunome.msc2409.ephemeral"),
        ("rate_limited", None),
    ],
)
async def test_who_does_not_ask_hears_of_none_of_it(
    tmp_path: Path, new_database: Callable[[], str | None], wish: str, field: str | None
) -> None:
    async with Bridge() as bridge:
        file = written(tmp_path, url=bridge.address, **{wish: True})
        server = bridge.homeserver = RunningServer(tmp_path, database=new_database(), app_services=str(file))
        await server.start()
        alice, ada = await server.person("alice"), await ghost(server, "_irc_ada")
        room_id = await alice.creates_room(preset="public_chat")
        await ada.joins(room_id)
        await types(alice, room_id)
        await alice.says(room_id, "typed")
        await bridge.until(lambda: bridge.texts)
        fields = {name for asked in bridge.transactions for name in asked.json}
        assert fields - {"events"} <= {field}
        await server.stop()
