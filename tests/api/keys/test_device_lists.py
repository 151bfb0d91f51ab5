"""Whose devices a sync says have changed, and whose no longer matter."""

from typing import Any

from tests.helpers.asgi import segment
from tests.helpers.crypto import Olm
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer


class Follower:
    """Somebody who syncs on and hears of devices."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.since: str | None = None

    async def hears(self) -> tuple[set[str], set[str]]:
        """Who changed, and who left, since the last time."""
        answer = await self.person.syncs(self.since)
        before, self.since = self.since, answer["next_batch"]
        lists = answer.get("device_lists", {"changed": [], "left": []})
        if before is not None:
            asked = await self.person.done("GET", "keys/changes", query={"from": before, "to": self.since})
            assert {name: sorted(who) for name, who in asked.items()} == lists
        return set(lists["changed"]), set(lists["left"])


NOTHING: tuple[set[str], set[str]] = (set(), set())


async def follows(person: Person) -> Follower:
    follower = Follower(person)
    assert await follower.hears() == NOTHING
    return follower


async def test_new_keys_are_told_to_those_in_ones_rooms_and_to_oneself(
    homeserver: RunningServer, alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    laptop = await homeserver.another_device(alice)
    followers = [await follows(each) for each in (alice, bob, laptop, carol)]
    crypto = Olm(alice)
    await crypto.publishes()
    for follower in followers[:3]:
        assert await follower.hears() == ({alice.user_id}, set())
        assert await follower.hears() == NOTHING
    assert await followers[3].hears() == NOTHING
    await crypto.publishes(one_time_keys=crypto.one_time_keys(1))
    for follower in followers:
        assert await follower.hears() == NOTHING


async def test_a_device_with_keys_that_is_signed_out_is_told_of_and_one_without_is_not(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str
) -> None:
    phone, laptop = await homeserver.another_device(bob), await homeserver.another_device(bob)
    await Olm(phone).publishes()
    follower = await follows(alice)
    await laptop.done("POST", "logout", {})
    assert await follower.hears() == NOTHING
    await phone.done("POST", "logout", {})
    assert await follower.hears() == ({bob.user_id}, set())


async def test_whoever_comes_into_a_room_is_told_of_and_hears_of_all_in_it(
    alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    followers = {each.user_id: await follows(each) for each in (alice, bob, carol)}
    await alice.invites(a_room, carol)
    assert await followers[carol.user_id].hears() == NOTHING
    await carol.joins(a_room)
    assert await followers[alice.user_id].hears() == ({carol.user_id}, set())
    assert await followers[carol.user_id].hears() == ({alice.user_id, bob.user_id}, set())
    await carol.done("PUT", f"profile/{segment(carol.user_id)}/displayname", {"displayname": "Carolina"})
    assert await followers[bob.user_id].hears() == ({carol.user_id}, set())
    for follower in followers.values():
        assert await follower.hears() == NOTHING


async def test_who_leaves_the_last_common_room_has_left(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    other = await alice.creates_room(preset="public_chat")
    for each in (bob, carol):
        await each.joins(other)
    followers = {each.user_id: await follows(each) for each in (alice, bob, carol)}
    await bob.leaves(other)
    assert await followers[alice.user_id].hears() == NOTHING
    assert await followers[carol.user_id].hears() == (set(), {bob.user_id})
    assert await followers[bob.user_id].hears() == (set(), {carol.user_id})
    await bob.leaves(a_room)
    assert await followers[alice.user_id].hears() == (set(), {bob.user_id})
    assert await followers[bob.user_id].hears() == (set(), {alice.user_id})
    assert await followers[carol.user_id].hears() == NOTHING


async def test_who_is_sent_away_and_forgets_the_room_has_left_too(alice: Person, bob: Person, a_room: str) -> None:
    follower = await follows(bob)
    await alice.done("POST", room(a_room, "kick"), {"user_id": bob.user_id})
    await bob.done("POST", room(a_room, "forget"), {})
    assert await follower.hears() == (set(), {alice.user_id})


async def test_who_came_and_went_between_two_syncs_is_not_told_of(alice: Person, carol: Person, a_room: str) -> None:
    follower = await follows(alice)
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    await carol.leaves(a_room)
    assert await follower.hears() == NOTHING


async def test_keys_changed_while_nobody_shared_a_room_are_told_when_they_meet_again(
    alice: Person, bob: Person, a_room: str
) -> None:
    follower = await follows(alice)
    await bob.leaves(a_room)
    await follower.hears()
    await Olm(bob).publishes()
    assert await follower.hears() == NOTHING
    await alice.invites(a_room, bob)
    await bob.joins(a_room)
    assert await follower.hears() == ({bob.user_id}, set())


async def test_keys_changed_while_somebody_was_away_between_two_syncs_are_told(
    alice: Person, bob: Person, a_room: str
) -> None:
    follower = await follows(alice)
    await bob.leaves(a_room)
    await Olm(bob).publishes()
    await alice.invites(a_room, bob)
    await bob.joins(a_room)
    assert await follower.hears() == ({bob.user_id}, set())
    assert await follower.hears() == NOTHING


async def test_a_filter_for_rooms_does_not_hide_devices(alice: Person, bob: Person, a_room: str) -> None:
    without = f'{{"room": {{"not_rooms": ["{a_room}"]}}}}'
    since = (await alice.syncs(filter=without))["next_batch"]
    await bob.leaves(a_room)
    answer = await alice.syncs(since, filter=without)
    assert answer["device_lists"] == {"changed": [], "left": [bob.user_id]}


async def test_who_was_away_over_a_restart_misses_nothing(
    homeserver: RunningServer, alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    await alice.invites(a_room, carol)
    follower = await follows(alice)
    await carol.joins(a_room)
    await bob.leaves(a_room)
    await Olm(carol).publishes()
    await homeserver.stop()
    await homeserver.start()
    for each in (alice, bob, carol):
        each.app = homeserver.app.http
    assert await follower.hears() == ({carol.user_id}, {bob.user_id})


async def test_changes_are_asked_for_between_tokens_of_ones_own(alice: Person, bob: Person) -> None:
    mine, anothers = (await alice.syncs())["next_batch"], (await bob.syncs())["next_batch"]
    refused: list[tuple[dict[str, Any], str]] = [
        ({"from": mine}, "M_MISSING_PARAM"),
        ({"to": mine}, "M_MISSING_PARAM"),
        ({"from": mine, "to": anothers}, "M_INVALID_PARAM"),
        ({"from": "nonsense", "to": mine}, "M_INVALID_PARAM"),
    ]
    for query, errcode in refused:
        reply = await alice.get("keys/changes", query=query)
        assert (reply.status, reply.errcode) == (400, errcode)
