"""POST /createRoom, and what the new room holds."""

import asyncio
from typing import Any

import pytest

from tests.helpers.people import Person, room


async def state_of(person: Person, room_id: str) -> dict[tuple[str, str], Any]:
    events = await person.done("GET", room(room_id, "state"))
    return {(event["type"], event["state_key"]): event for event in events}


async def content_of(person: Person, room_id: str, event_type: str, state_key: str = "") -> Any:
    return await person.done("GET", room(room_id, "state", event_type, state_key))


async def test_an_empty_request_makes_a_private_room_of_the_default_version(alice: Person) -> None:
    room_id = await alice.creates_room()
    assert (await content_of(alice, room_id, "m.room.create"))["room_version"] == "12"
    assert (await content_of(alice, room_id, "m.room.join_rules"))["join_rule"] == "invite"
    assert (await content_of(alice, room_id, "m.room.history_visibility"))["history_visibility"] == "shared"
    member = await content_of(alice, room_id, "m.room.member", alice.user_id)
    assert member == {"membership": "join", "displayname": "Alice"}


@pytest.mark.parametrize("version", ["10", "11", "12"])
async def test_every_version_offered_can_be_made(alice: Person, version: str) -> None:
    room_id = await alice.creates_room(room_version=version)
    create = (await state_of(alice, room_id))["m.room.create", ""]
    assert create["content"]["room_version"] == version
    assert ("creator" in create["content"]) == (version == "10")
    assert (":" in room_id) == (version != "12")


@pytest.mark.parametrize(
    ("preset", "join_rule", "guests"),
    [
        ("private_chat", "invite", "can_join"),
        ("trusted_private_chat", "invite", "can_join"),
        ("public_chat", "public", "forbidden"),
    ],
)
async def test_a_preset_sets_who_may_come_in(alice: Person, preset: str, join_rule: str, guests: str) -> None:
    room_id = await alice.creates_room(preset=preset)
    assert await content_of(alice, room_id, "m.room.join_rules") == {"join_rule": join_rule}
    assert await content_of(alice, room_id, "m.room.guest_access") == {"guest_access": guests}


async def test_without_a_preset_the_visibility_chooses_one(alice: Person) -> None:
    room_id = await alice.creates_room(visibility="public")
    assert await content_of(alice, room_id, "m.room.join_rules") == {"join_rule": "public"}


@pytest.mark.parametrize("version", ["11", "12"])
async def test_in_a_trusted_private_chat_the_invited_have_the_creators_power(
    alice: Person, bob: Person, version: str
) -> None:
    room_id = await alice.creates_room(preset="trusted_private_chat", invite=[bob.user_id], room_version=version)
    await bob.joins(room_id)
    await bob.sets(
        room_id,
        "m.room.power_levels",
        {"users": {}, "ban": 77} if version == "12" else {"users": {alice.user_id: 100, bob.user_id: 100}, "ban": 77},
    )
    assert (await content_of(alice, room_id, "m.room.power_levels"))["ban"] == 77


async def test_name_topic_and_initial_state_are_set(alice: Person) -> None:
    room_id = await alice.creates_room(
        name="Casa",
        topic="Di tutto",
        initial_state=[{"type": "it.test.colour", "state_key": "wall", "content": {"colour": "green"}}],
    )
    assert await content_of(alice, room_id, "m.room.name") == {"name": "Casa"}
    assert (await content_of(alice, room_id, "m.room.topic"))["topic"] == "Di tutto"
    assert await content_of(alice, room_id, "it.test.colour", "wall") == {"colour": "green"}


async def test_initial_state_wins_over_the_preset(alice: Person) -> None:
    rules = {"type": "m.room.history_visibility", "content": {"history_visibility": "joined"}}
    room_id = await alice.creates_room(preset="public_chat", initial_state=[rules])
    assert await content_of(alice, room_id, "m.room.history_visibility") == {"history_visibility": "joined"}


async def test_creation_content_is_kept_but_not_its_creator_or_version(alice: Person) -> None:
    content = {"m.federate": False, "type": "it.test", "room_version": "1", "creator": "@someone:else"}
    create = await content_of(alice, await alice.creates_room(creation_content=content), "m.room.create")
    assert (create["m.federate"], create["type"], create["room_version"]) == (False, "it.test", "12")
    assert "creator" not in create


async def test_power_levels_can_be_overridden(alice: Person) -> None:
    room_id = await alice.creates_room(power_level_content_override={"events_default": 25})
    levels = await content_of(alice, room_id, "m.room.power_levels")
    assert (levels["events_default"], levels["kick"]) == (25, 50)


async def test_the_invited_are_invited_with_a_mark_for_direct_chats(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(invite=[bob.user_id, bob.user_id], is_direct=True)
    member = await content_of(alice, room_id, "m.room.member", bob.user_id)
    assert (member["membership"], member["is_direct"], member["displayname"]) == ("invite", True, "Bob")


async def test_an_alias_is_claimed_once(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(room_alias_name="piazza")
    assert await content_of(alice, room_id, "m.room.canonical_alias") == {"alias": "#piazza:test"}
    reply = await bob.post("createRoom", {"room_alias_name": "piazza"})
    assert (reply.status, reply.errcode) == (400, "M_ROOM_IN_USE")


async def test_a_creators_level_is_left_out_for_who_did_not_choose_the_version(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(
        power_level_content_override={"users": {alice.user_id: 100, bob.user_id: 50}, "invite": 50}
    )
    levels = await alice.done("GET", room(room_id, "state", "m.room.power_levels"))
    assert levels["users"] == {bob.user_id: 50}
    assert levels["invite"] == 50


@pytest.mark.parametrize(
    ("body", "status", "errcode"),
    [
        ({"room_version": "99"}, 400, "M_UNSUPPORTED_ROOM_VERSION"),
        ({"room_version": 10}, 400, "M_BAD_JSON"),
        ({"preset": "secret"}, 400, "M_INVALID_PARAM"),
        ({"visibility": "hidden"}, 400, "M_INVALID_PARAM"),
        ({"room_alias_name": "a:b"}, 400, "M_INVALID_PARAM"),
        ({"invite": ["nobody"]}, 400, "M_INVALID_PARAM"),
        ({"invite": ["@nobody:test"]}, 404, "M_NOT_FOUND"),
        ({"invite": "@alice:test"}, 400, "M_BAD_JSON"),
        ({"initial_state": [{"content": {}}]}, 400, "M_MISSING_PARAM"),
        ({"initial_state": [{"type": "a" * 256, "content": {}}]}, 413, "M_TOO_LARGE"),
        ({"initial_state": [{"type": "it.test", "content": {"price": 1.5}}]}, 400, "M_BAD_JSON"),
        ({"power_level_content_override": {"users": {"@bob:test": "high"}}}, 400, "M_INVALID_ROOM_STATE"),
        (
            {"power_level_content_override": {"users": {"@alice:test": 100}}, "room_version": "12"},
            400,
            "M_INVALID_ROOM_STATE",
        ),
        ({"power_level_content_override": {"ban": "high"}}, 400, "M_INVALID_ROOM_STATE"),
    ],
)
async def test_what_cannot_be_made_is_refused_and_leaves_nothing(
    alice: Person, body: dict[str, object], status: int, errcode: str
) -> None:
    reply = await alice.post("createRoom", body)
    assert (reply.status, reply.errcode) == (status, errcode)
    assert await alice.done("GET", "joined_rooms") == {"joined_rooms": []}


async def test_a_body_that_is_not_json_is_refused(alice: Person) -> None:
    reply = await alice.request("POST", "createRoom", body=b"{")
    assert (reply.status, reply.errcode) == (400, "M_NOT_JSON")


async def test_joined_rooms_are_those_one_is_in(alice: Person, bob: Person) -> None:
    one, two = await alice.creates_room(), await alice.creates_room(invite=[bob.user_id])
    assert set((await alice.done("GET", "joined_rooms"))["joined_rooms"]) == {one, two}
    assert (await bob.done("GET", "joined_rooms"))["joined_rooms"] == []
    await bob.joins(two)
    await alice.leaves(one)
    assert (await bob.done("GET", "joined_rooms"))["joined_rooms"] == [two]
    assert (await alice.done("GET", "joined_rooms"))["joined_rooms"] == [two]


async def test_many_rooms_made_at_the_same_moment_are_different_rooms(alice: Person) -> None:
    made = await asyncio.gather(*(alice.creates_room() for _ in range(30)))
    assert len(set(made)) == 30
