"""What the devices of an app service's users need to encrypt. Proposal: MSC3202."""

from typing import Any

import pytest

from tests.helpers.app_service import Bridge, Ghost, ghost
from tests.helpers.crypto import ONE_TIME, Identity, Olm
from tests.helpers.people import Person
from tests.helpers.web_server import Answer

LISTS = "org.matrix.msc3202.device_lists"
COUNTS = "org.matrix.msc3202.device_one_time_keys_count"
UNUSED = "org.matrix.msc3202.device_unused_fallback_key_types"


def told(bridge: Bridge, field: str) -> list[Any]:
    """What was told under this name, in order."""
    return [asked.json[field] for asked in bridge.transactions if field in asked.json]


def changed(bridge: Bridge) -> set[str]:
    """Everybody whose devices were said to have changed."""
    return {user_id for lists in told(bridge, LISTS) for user_id in lists["changed"]}


@pytest.fixture
async def alice(bridge: Bridge) -> Person:
    alice = await bridge.homeserver.person("alice")
    await Olm(alice).publishes()
    return alice


@pytest.fixture
async def ada(bridge: Bridge) -> Ghost:
    """A user of the bridge whose device has published keys, and one of them to be used once."""
    ada = await ghost(bridge.homeserver, "_irc_ada", "IRC")
    crypto = Olm(ada)
    await crypto.publishes(one_time_keys=crypto.one_time_keys(1), fallback_keys=crypto.fallback_key())
    return ada


@pytest.fixture
async def portal(bridge: Bridge, alice: Person, ada: Ghost) -> str:
    """A room alice made, with ada in it."""
    room_id = await alice.creates_room(preset="public_chat")
    await ada.joins(room_id)
    return room_id


async def claims(person: Person, owner: Person) -> None:
    body = {"one_time_keys": {owner.user_id: {owner.device_id: ONE_TIME}}}
    await person.done("POST", "keys/claim", body)


async def test_people_it_comes_to_share_a_room_with_are_told_and_then_their_changes(
    bridge: Bridge, alice: Person, portal: str
) -> None:
    await bridge.until(lambda: "@alice:test" in changed(bridge))
    count = len(told(bridge, LISTS))
    await Olm(await bridge.homeserver.another_device(alice)).publishes()
    await bridge.until(lambda: len(told(bridge, LISTS)) > count)
    assert told(bridge, LISTS)[-1] == {"changed": ["@alice:test"], "left": []}


async def test_people_it_no_longer_shares_a_room_with_are_told(
    bridge: Bridge, alice: Person, ada: Ghost, portal: str
) -> None:
    await bridge.until(lambda: "@alice:test" in changed(bridge))
    await ada.leaves(portal)
    await bridge.until(lambda: told(bridge, LISTS)[-1]["left"])
    assert told(bridge, LISTS)[-1] == {"changed": [], "left": ["@alice:test"]}


async def test_who_still_shares_a_room_with_another_of_its_users_has_not_left(
    bridge: Bridge, alice: Person, ada: Ghost, portal: str
) -> None:
    bea = await ghost(bridge.homeserver, "_irc_bea", "IRC")
    await Olm(bea).publishes()
    await bea.joins(portal)
    await ada.leaves(portal)
    await alice.says(portal, "after")
    await bridge.until(lambda: bridge.texts)
    assert not any("@alice:test" in lists["left"] for lists in told(bridge, LISTS))


async def test_strangers_are_not_told(bridge: Bridge, alice: Person, portal: str) -> None:
    stranger = await bridge.homeserver.person("stranger")
    await Olm(stranger).publishes()
    await alice.says(portal, "after")
    await bridge.until(lambda: bridge.texts)
    assert "@stranger:test" not in changed(bridge)


async def test_a_key_that_was_taken_is_told_with_what_is_left(bridge: Bridge, alice: Person, ada: Ghost) -> None:
    await claims(alice, ada)
    await bridge.until(lambda: told(bridge, COUNTS))
    assert told(bridge, COUNTS)[-1] == {"@_irc_ada:test": {"IRC": {ONE_TIME: 0}}}
    assert told(bridge, UNUSED)[-1] == {"@_irc_ada:test": {"IRC": [ONE_TIME]}}
    await claims(alice, ada)
    await bridge.until(lambda: told(bridge, UNUSED)[-1] == {"@_irc_ada:test": {"IRC": []}})


async def test_of_users_without_keys_nothing_is_told(bridge: Bridge, alice: Person) -> None:
    plain = await ghost(bridge.homeserver, "_irc_plain", "IRC")
    room_id = await alice.creates_room(preset="public_chat")
    await plain.joins(room_id)
    await alice.done("PUT", "sendToDevice/m.dummy/1", {"messages": {plain.user_id: {"*": {}}}})
    await alice.says(room_id, "after")
    await bridge.until(lambda: bridge.texts)
    assert told(bridge, LISTS) == told(bridge, COUNTS) == []


async def test_what_changed_while_the_bridge_took_nothing_is_told_also_after_a_restart(
    bridge: Bridge, alice: Person, ada: Ghost, portal: str
) -> None:
    await bridge.until(lambda: "@alice:test" in changed(bridge))
    bridge.answering = lambda asked: Answer(503)
    await alice.says(portal, "under way")
    await bridge.until(lambda: bridge.texts)
    await Olm(await bridge.homeserver.another_device(alice)).publishes()
    await claims(alice, ada)
    await bridge.homeserver.stop()
    count = len(bridge.transactions)
    bridge.answering = lambda asked: Answer()
    await bridge.homeserver.start()
    await bridge.until(lambda: any(COUNTS in asked.json for asked in bridge.transactions[count:]))
    after = [asked.json for asked in bridge.transactions[count:]]
    assert any("@alice:test" in body[LISTS]["changed"] for body in after if LISTS in body)
    assert [body[COUNTS] for body in after if COUNTS in body] == [{"@_irc_ada:test": {"IRC": {ONE_TIME: 0}}}]


async def test_it_publishes_and_replaces_signing_keys_with_nothing_to_prove(bridge: Bridge, ada: Ghost) -> None:
    await Identity(ada).publishes()
    await Identity(ada).publishes()


async def test_keys_are_published_for_a_device_only(bridge: Bridge, ada: Ghost) -> None:
    reply = await Ghost(bridge.homeserver, ada.user_id).post("keys/upload", {})
    assert (reply.status, reply.errcode) == (400, "M_MISSING_PARAM")
