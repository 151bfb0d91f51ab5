"""Rooms replaced by newer ones."""

from typing import Any

import pytest

from tests.helpers.people import Person, room

FORBIDDEN = (403, "M_FORBIDDEN")
VERSIONS = ("10", "11", "12")


async def upgraded(person: Person, room_id: str, version: str = "12", **body: object) -> str:
    answer = await person.done("POST", room(room_id, "upgrade"), {"new_version": version} | body)
    successor: str = answer["replacement_room"]
    return successor


async def content_of(person: Person, room_id: str, event_type: str, state_key: str = "") -> Any:
    return await person.done("GET", room(room_id, "state", event_type, state_key))


async def refused(person: Person, path: str, body: object) -> tuple[int, str | None]:
    reply = await person.post(path, body)
    return reply.status, reply.errcode


def kept(person: Person, data_type: str, room_id: str | None = None) -> str:
    user = f"user/{person.user_id}/"
    return user + (f"account_data/{data_type}" if room_id is None else room(room_id, "account_data", data_type))


@pytest.mark.parametrize("old", VERSIONS)
@pytest.mark.parametrize("new", VERSIONS)
async def test_a_room_of_any_version_becomes_one_of_any(alice: Person, bob: Person, old: str, new: str) -> None:
    old_room = await alice.creates_room(
        room_version=old,
        name="Casa",
        topic="Di tutto",
        invite=[bob.user_id],
        creation_content={"m.federate": False, "type": "it.test"},
        power_level_content_override={"events": {"it.test": 77}, "kick": 60},
    )
    await bob.joins(old_room)
    levels = await content_of(alice, old_room, "m.room.power_levels")
    await alice.sets(old_room, "m.room.power_levels", levels | {"users": levels["users"] | {bob.user_id: 55}})
    new_room = await upgraded(alice, old_room, new)
    create = await content_of(alice, new_room, "m.room.create")
    assert create["room_version"] == new
    assert create["predecessor"]["room_id"] == old_room
    assert (create["m.federate"], create["type"], "additional_creators" in create) == (False, "it.test", False)
    assert (await content_of(alice, new_room, "m.room.name"))["name"] == "Casa"
    assert (await content_of(alice, new_room, "m.room.topic"))["topic"] == "Di tutto"
    after = await content_of(alice, new_room, "m.room.power_levels")
    assert (after["events"]["it.test"], after["kick"], after["users"][bob.user_id]) == (77, 60, 55)
    assert (alice.user_id in after["users"]) == (new != "12")
    if new == "12":
        assert after["events"]["m.room.tombstone"] > after.get("state_default", 50)
    await bob.joins(new_room)
    await alice.sets(new_room, "m.room.power_levels", after | {"kick": 61})


async def test_the_old_room_points_to_the_new_one_and_falls_quiet(alice: Person, bob: Person, a_room: str) -> None:
    new_room = await upgraded(alice, a_room)
    tombstone = await content_of(bob, a_room, "m.room.tombstone")
    assert tombstone["replacement_room"] == new_room
    levels = await content_of(bob, a_room, "m.room.power_levels")
    assert (levels["events_default"], levels["invite"]) == (50, 50)
    reply = await bob.put(room(a_room, "send", "m.room.message", "1"), {"msgtype": "m.text", "body": "ancora"})
    assert (reply.status, reply.errcode) == FORBIDDEN
    timeline = (await bob.syncs())["rooms"]["join"][a_room]["timeline"]["events"]
    assert "m.room.tombstone" in {event["type"] for event in timeline}


async def test_quiet_is_above_what_everybody_has(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(power_level_content_override={"users_default": 60, "invite": 90})
    await upgraded(alice, room_id)
    levels = await content_of(alice, room_id, "m.room.power_levels")
    assert (levels["events_default"], levels["invite"]) == (61, 90)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("invite", "restricted"), ("knock", "knock_restricted"), ("restricted", "restricted"), ("public", "public")],
)
async def test_members_follow_by_themselves_and_nobody_else(
    alice: Person, bob: Person, carol: Person, rule: str, expected: str
) -> None:
    rules = {"type": "m.room.join_rules", "content": {"join_rule": rule}}
    old_room = await alice.creates_room(initial_state=[rules], invite=[bob.user_id])
    await bob.joins(old_room)
    new_room = await upgraded(alice, old_room)
    assert (await content_of(alice, new_room, "m.room.join_rules"))["join_rule"] == expected
    await bob.joins(new_room)
    if rule != "public":
        assert await refused(carol, room(new_room, "join"), {}) == FORBIDDEN


async def test_aliases_lead_to_the_new_room(alice: Person) -> None:
    old_room = await alice.creates_room(room_alias_name="casa")
    new_room = await upgraded(alice, old_room)
    assert (await alice.done("GET", "directory/room/%23casa%3Atest"))["room_id"] == new_room
    assert await content_of(alice, new_room, "m.room.canonical_alias") == {"alias": "#casa:test"}
    assert await content_of(alice, old_room, "m.room.canonical_alias") == {}


async def test_a_space_keeps_its_rooms(alice: Person) -> None:
    space, child = await alice.creates_room(creation_content={"type": "m.space"}), await alice.creates_room()
    await alice.sets(space, "m.space.child", {"via": ["test"]}, child)
    await alice.sets(space, "m.space.child", {}, "!gone:test")
    new_room = await upgraded(alice, space)
    events = await alice.done("GET", room(new_room, "state"))
    assert [event["state_key"] for event in events if event["type"] == "m.space.child"] == [child]


async def test_members_events_and_what_is_not_matrixs_stay_behind(alice: Person, bob: Person, a_room: str) -> None:
    await alice.sets(a_room, "it.test.secret", {"a": 1})
    new_room = await upgraded(alice, a_room)
    events = await alice.done("GET", room(new_room, "state"))
    assert "it.test.secret" not in {event["type"] for event in events}
    assert [event["state_key"] for event in events if event["type"] == "m.room.member"] == [alice.user_id]


async def test_creators_of_the_new_room_are_those_named(alice: Person, bob: Person, carol: Person) -> None:
    old_room = await alice.creates_room(
        room_version="12", creation_content={"additional_creators": [carol.user_id]}, invite=[bob.user_id]
    )
    levels = await content_of(alice, old_room, "m.room.power_levels")
    await alice.sets(old_room, "m.room.power_levels", levels | {"users": {bob.user_id: 100}})
    new_room = await upgraded(alice, old_room, additional_creators=[bob.user_id, bob.user_id])
    create = await content_of(alice, new_room, "m.room.create")
    assert create["additional_creators"] == [bob.user_id]
    assert (await content_of(alice, new_room, "m.room.power_levels"))["users"] == {}
    older = await upgraded(alice, new_room, "11", additional_creators=["nonsense"])
    assert "additional_creators" not in await content_of(alice, older, "m.room.create")
    users = (await content_of(alice, older, "m.room.power_levels"))["users"]
    assert users == {alice.user_id: 150, bob.user_id: 150}


async def test_what_people_keep_about_a_room_goes_along_with_them(alice: Person, bob: Person, a_room: str) -> None:
    await bob.done("PUT", kept(bob, "m.tag", a_room), {"tags": {"m.favourite": {}}})
    await bob.done("PUT", kept(bob, "m.direct"), {alice.user_id: ["!other:test", a_room], "@x:test": 7})
    await bob.done("PUT", f"pushrules/global/room/{a_room}", {"actions": []})
    condition = {"kind": "event_match", "key": "room_id", "pattern": a_room}
    await bob.done("PUT", f"pushrules/global/override/{a_room}", {"actions": [], "conditions": [condition]})
    new_room = await upgraded(alice, a_room)
    await bob.joins(new_room)
    assert await bob.done("GET", kept(bob, "m.tag", new_room)) == {"tags": {"m.favourite": {}}}
    direct = await bob.done("GET", kept(bob, "m.direct"))
    assert direct == {alice.user_id: ["!other:test", a_room, new_room], "@x:test": 7}
    assert (await bob.done("GET", f"pushrules/global/room/{new_room}"))["actions"] == []
    rule = await bob.done("GET", f"pushrules/global/override/{new_room}")
    assert rule["conditions"] == [condition | {"pattern": new_room}]


async def test_a_room_that_only_says_it_follows_another_gets_nothing(alice: Person, bob: Person, a_room: str) -> None:
    await bob.done("PUT", kept(bob, "m.tag", a_room), {"tags": {"m.favourite": {}}})
    predecessor = {"room_id": a_room, "event_id": "$x"}
    claiming = await alice.creates_room(creation_content={"predecessor": predecessor}, invite=[bob.user_id])
    await bob.joins(claiming)
    assert (await bob.get(kept(bob, "m.tag", claiming))).status == 404


async def test_only_who_may_close_a_room_upgrades_it(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    body = {"new_version": "12"}
    for person in (bob, carol):
        assert await refused(person, room(a_room, "upgrade"), body) == FORBIDDEN
    assert await refused(alice, room("!nowhere:test", "upgrade"), body) == FORBIDDEN
    assert (await bob.get(room(a_room, "state", "m.room.tombstone"))).status == 404


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, (400, "M_MISSING_PARAM")),
        ({"new_version": "99"}, (400, "M_UNSUPPORTED_ROOM_VERSION")),
        ({"new_version": 12}, (400, "M_BAD_JSON")),
        ({"new_version": "12", "additional_creators": ["bob"]}, (400, "M_INVALID_PARAM")),
        ({"new_version": "12", "additional_creators": ["@b:test"] * 200}, (400, "M_INVALID_PARAM")),
        ({"new_version": "12", "additional_creators": "@b:test"}, (400, "M_BAD_JSON")),
    ],
)
async def test_an_upgrade_asked_for_wrongly_is_refused(
    alice: Person, a_room: str, body: object, answer: tuple[int, str]
) -> None:
    assert await refused(alice, room(a_room, "upgrade"), body) == answer
