"""Which rooms a sliding sync is about: lists, their filters and windows, and subscriptions. Spec: MSC4186."""

from typing import Any

import pytest

from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer
from tests.helpers.sliding_client import SlidingClient, a_list

SUBSCRIBED = {"timeline_limit": 1, "required_state": {}}


async def rooms_of(person: Person, count: int, **body: object) -> list[str]:
    """So many new rooms, the most recent first."""
    return [await person.creates_room(name=str(number), **body) for number in range(count)][::-1]


async def listed(person: Person, **filters: Any) -> set[str]:
    """The rooms that a list with these filters holds."""
    client = SlidingClient(person, lists={"all": a_list(**filters)})
    answer = await client.sync()
    assert answer["lists"]["all"]["count"] == len(answer["rooms"])
    return set(answer["rooms"])


async def test_a_window_holds_the_rooms_at_its_places_the_most_recent_first(alice: Person) -> None:
    rooms = await rooms_of(alice, 5)
    client = SlidingClient(alice, lists={"all": a_list(1, 2)})
    answer = await client.sync()
    assert list(answer["rooms"]) == rooms[1:3]
    assert answer["lists"] == {"all": {"count": 5}}
    assert answer["rooms"][rooms[1]]["lists"] == ["all"]


async def test_without_a_range_a_list_holds_everything(alice: Person) -> None:
    rooms = await rooms_of(alice, 3)
    answer = await SlidingClient(alice, lists={"all": a_list()}).sync()
    assert list(answer["rooms"]) == rooms


async def test_a_window_beyond_the_end_is_empty(alice: Person) -> None:
    await rooms_of(alice, 2)
    answer = await SlidingClient(alice, lists={"all": a_list(2, 9)}).sync()
    assert answer["rooms"] == {}
    assert answer["lists"]["all"]["count"] == 2


async def test_a_wider_window_brings_the_rooms_that_were_not_told(alice: Person) -> None:
    rooms = await rooms_of(alice, 4)
    client = SlidingClient(alice)
    await client.sync(lists={"all": a_list(0, 1)})
    answer = await client.sync(lists={"all": a_list(0, 3)})
    assert set(answer["rooms"]) == set(rooms[2:])
    assert all(part["initial"] for part in answer["rooms"].values())


async def test_a_message_brings_its_room_into_the_window(alice: Person) -> None:
    rooms = await rooms_of(alice, 3)
    client = SlidingClient(alice, lists={"all": a_list(0, 0, timeline_limit=1)})
    await client.sync()
    event_id = await alice.says(rooms[2], "ciao")
    answer = await client.sync()
    assert list(answer["rooms"]) == [rooms[2]]
    part = answer["rooms"][rooms[2]]
    assert part["initial"] is True
    assert [event["event_id"] for event in part["timeline"]] == [event_id]
    assert part["num_live"] == 1


async def test_what_happened_outside_of_the_window_is_told_when_the_room_comes_back(alice: Person) -> None:
    older, newer = (await rooms_of(alice, 2))[::-1]
    client = SlidingClient(alice, lists={"all": a_list(0, 1, timeline_limit=5)})
    await client.sync()
    await alice.says(older, "fuori")
    await alice.says(newer, "dentro")
    narrow = await client.sync(lists={"all": a_list(0, 0, timeline_limit=5)})
    assert set(narrow["rooms"]) == {newer}
    wide = await client.sync()
    assert set(wide["rooms"]) == {older}
    part = wide["rooms"][older]
    assert [event["content"]["body"] for event in part["timeline"]] == ["fuori"]
    assert "initial" not in part
    assert part["num_live"] == 0


async def test_a_room_in_several_lists_is_told_once_with_all_they_ask_for(alice: Person) -> None:
    room_id = await alice.creates_room(name="Casa", topic="Tetto")
    name, topic = ({"include": [{"type": f"m.room.{kind}"}]} for kind in ("name", "topic"))
    lists = {"a": a_list(required_state=name, timeline_limit=1), "b": a_list(required_state=topic, timeline_limit=3)}
    answer = await SlidingClient(alice, lists=lists).sync()
    part = answer["rooms"][room_id]
    assert sorted(part["lists"]) == ["a", "b"]
    assert {event["type"] for event in part["required_state"]} == {"m.room.name", "m.room.topic"}
    assert len(part["timeline"]) == 3


async def test_a_subscription_tells_of_its_room_wherever_that_stands(alice: Person) -> None:
    rooms = await rooms_of(alice, 3)
    client = SlidingClient(alice, lists={"all": a_list(0, 0)}, room_subscriptions={rooms[2]: SUBSCRIBED})
    answer = await client.sync()
    assert set(answer["rooms"]) == {rooms[0], rooms[2]}
    assert "lists" not in answer["rooms"][rooms[2]]


async def test_a_subscription_to_a_strangers_room_or_to_none_is_passed_over(alice: Person, bob: Person) -> None:
    private = await bob.creates_room()
    public = await bob.creates_room(preset="public_chat")
    banned = await bob.creates_room()
    await bob.done("POST", room(banned, "ban"), {"user_id": alice.user_id})
    asked = dict.fromkeys((private, public, banned, "!none:test", "no room"), SUBSCRIBED)
    answer = await SlidingClient(alice, room_subscriptions=asked).sync()
    assert answer["rooms"] == {}


@pytest.mark.parametrize("is_dm", [True, False])
async def test_a_list_chooses_direct_chats(alice: Person, is_dm: bool) -> None:
    direct, other = await rooms_of(alice, 2)
    kept = {"@bob:test": [direct, 7], "@carol:test": "!no:list"}
    await alice.done("PUT", f"user/{alice.user_id}/account_data/m.direct", kept)
    assert await listed(alice, is_dm=is_dm) == {direct if is_dm else other}


async def test_a_chat_that_becomes_direct_says_so(alice: Person, a_room: str) -> None:
    client = SlidingClient(alice, lists={"all": a_list()})
    first = await client.sync()
    assert "is_dm" not in first["rooms"][a_room]
    await alice.done("PUT", f"user/{alice.user_id}/account_data/m.direct", {"@bob:test": [a_room]})
    assert (await client.sync())["rooms"] == {a_room: {"is_dm": True, "lists": ["all"]}}
    await alice.done("PUT", f"user/{alice.user_id}/account_data/m.direct", {})
    assert (await client.sync())["rooms"] == {a_room: {"is_dm": False, "lists": ["all"]}}


@pytest.mark.parametrize("is_encrypted", [True, False])
async def test_a_list_chooses_encrypted_rooms(alice: Person, bob: Person, is_encrypted: bool) -> None:
    plain, encrypted = await rooms_of(alice, 2)
    assert await listed(alice, is_encrypted=is_encrypted) == (set() if is_encrypted else {plain, encrypted})
    await alice.sets(encrypted, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    assert await listed(alice, is_encrypted=is_encrypted) == {encrypted if is_encrypted else plain}
    invited = await bob.creates_room(invite=[alice.user_id])
    await bob.sets(invited, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    assert (invited in await listed(alice, is_encrypted=True)) is False


@pytest.mark.parametrize("is_invited", [True, False])
async def test_a_list_chooses_invitations(alice: Person, bob: Person, is_invited: bool) -> None:
    mine, other = await alice.creates_room(), await bob.creates_room(invite=[alice.user_id])
    assert await listed(alice, is_invited=is_invited) == {other if is_invited else mine}


@pytest.mark.parametrize(
    ("filters", "chosen"),
    [
        ({"room_types": ["m.space"]}, {"space"}),
        ({"room_types": [None]}, {"chat"}),
        ({"room_types": [None, "m.space"]}, {"space", "chat"}),
        ({"room_types": []}, set()),
        ({"not_room_types": ["m.space"]}, {"chat", "odd"}),
        ({"not_room_types": [None]}, {"space", "odd"}),
        ({"room_types": ["m.space", "it.odd"], "not_room_types": ["m.space"]}, {"odd"}),
    ],
)
async def test_a_list_chooses_by_type(alice: Person, filters: dict[str, Any], chosen: set[str]) -> None:
    made = {
        "space": await alice.creates_room(creation_content={"type": "m.space"}),
        "odd": await alice.creates_room(creation_content={"type": "it.odd"}),
        "chat": await alice.creates_room(),
    }
    assert await listed(alice, **filters) == {made[name] for name in chosen}


@pytest.mark.parametrize(
    ("filters", "chosen"),
    [
        ({"tags": ["m.favourite"]}, {"favourite", "both"}),
        ({"tags": ["m.favourite", "m.lowpriority"]}, {"favourite", "both", "low"}),
        ({"not_tags": ["m.favourite"]}, {"low", "plain"}),
        ({"tags": ["m.lowpriority"], "not_tags": ["m.favourite"]}, {"low"}),
        ({"tags": []}, set()),
    ],
)
async def test_a_list_chooses_by_tags(alice: Person, filters: dict[str, Any], chosen: set[str]) -> None:
    tags = {"favourite": ["m.favourite"], "low": ["m.lowpriority"], "both": ["m.favourite", "m.lowpriority"]}
    made = {name: await alice.creates_room() for name in ("favourite", "low", "both", "plain")}
    for name, each in tags.items():
        path = f"user/{alice.user_id}/" + room(made[name], "account_data", "m.tag")
        await alice.done("PUT", path, {"tags": {tag: {} for tag in each}})
    assert await listed(alice, **filters) == {made[name] for name in chosen}


async def test_a_list_follows_tags_as_they_are_given(alice: Person) -> None:
    room_id = await alice.creates_room()
    client = SlidingClient(alice, lists={"all": a_list(tags=["u.casa"])})
    await client.sync()
    path = f"user/{alice.user_id}/" + room(room_id, "account_data", "m.tag")
    await alice.done("PUT", path, {"tags": {"u.casa": {}}})
    assert set((await client.sync())["rooms"]) == {room_id}
    await alice.done("PUT", path, {"tags": {}})
    assert (await client.sync())["lists"]["all"]["count"] == 0


async def test_a_list_holds_the_rooms_of_spaces_one_is_in(alice: Person, bob: Person) -> None:
    child, removed, other = await rooms_of(alice, 3)
    space = await alice.creates_room(creation_content={"type": "m.space"})
    foreign = await bob.creates_room(preset="public_chat", creation_content={"type": "m.space"})
    await bob.sets(foreign, "m.space.child", {"via": ["test"]}, other)
    for room_id in (child, removed):
        await alice.sets(space, "m.space.child", {"via": ["test"]}, room_id)
    await alice.sets(space, "m.space.child", {}, removed)
    assert await listed(alice, spaces=[space, foreign, "!none:test", "nothing"]) == {child}
    assert await listed(alice, spaces=[]) == set()


async def test_rooms_left_are_in_no_list_but_where_the_connection_knows_them(alice: Person, a_room: str) -> None:
    client = SlidingClient(alice, lists={"all": a_list()})
    await client.sync()
    await alice.leaves(a_room)
    part = (await client.sync())["rooms"][a_room]
    assert part["membership"] == "leave"
    assert part["lists"] == ["all"]
    assert await listed(alice) == set()


async def test_rooms_one_was_sent_away_from_are_in_every_list(alice: Person, bob: Person, a_room: str) -> None:
    await alice.done("POST", room(a_room, "kick"), {"user_id": bob.user_id})
    assert await listed(bob) == {a_room}
    await alice.done("POST", room(a_room, "ban"), {"user_id": bob.user_id})
    assert await listed(bob) == {a_room}
    await alice.done("POST", room(a_room, "unban"), {"user_id": bob.user_id})
    assert await listed(bob) == {a_room}


async def test_rooms_one_was_banned_from_without_having_been_in_them_are_in_none(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room()
    await alice.done("POST", room(room_id, "ban"), {"user_id": bob.user_id})
    assert await listed(bob) == set()
    await alice.done("POST", room(room_id, "unban"), {"user_id": bob.user_id})
    assert await listed(bob) == set()


async def test_forgotten_rooms_are_in_no_list(alice: Person, bob: Person, a_room: str) -> None:
    await alice.done("POST", room(a_room, "kick"), {"user_id": bob.user_id})
    client = SlidingClient(bob, lists={"all": a_list()})
    assert (await client.sync())["lists"]["all"]["count"] == 1
    await bob.done("POST", room(a_room, "forget"), {})
    assert (await client.sync())["lists"]["all"]["count"] == 0
    assert await listed(bob) == set()


async def test_the_order_is_the_same_after_a_restart(homeserver: RunningServer, alice: Person) -> None:
    rooms = await rooms_of(alice, 4)
    await alice.says(rooms[3], "ciao")
    before = list((await SlidingClient(alice, lists={"all": a_list()}).sync())["rooms"])
    assert before == [rooms[3], *rooms[:3]]
    await homeserver.stop()
    await homeserver.start()
    alice.app = homeserver.app.http
    assert list((await SlidingClient(alice, lists={"all": a_list()}).sync())["rooms"]) == before
    for filters in ({"is_encrypted": False}, {"room_types": [None]}):
        assert await listed(alice, **filters) == set(rooms)
