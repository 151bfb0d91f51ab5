"""Rooms and storage, as an administrator sees them."""

from tests.api.admin.conftest import ADMIN
from tests.helpers.asgi import segment
from tests.helpers.people import Person
from tests.helpers.people import room as path_of
from tests.helpers.server import RunningServer

ROOMS = f"{ADMIN}/rooms"


async def test_rooms_are_listed_from_outside(anna: Person, alice: Person, a_room: str) -> None:
    named = await alice.creates_room(name="The choir")
    await alice.says(named, "a secret")
    listed = (await anna.done("GET", ROOMS))["rooms"]
    by_id = {each["room_id"]: each for each in listed}
    assert by_id.keys() == {a_room, named}
    assert (by_id[named]["name"], by_id[named]["joined_members"], by_id[a_room]["joined_members"]) == (
        "The choir",
        1,
        2,
    )
    assert "secret" not in str(listed)
    page = await anna.done("GET", ROOMS, query={"limit": 1})
    rest = await anna.done("GET", ROOMS, query={"from": page["next_from"]})
    assert [*page["rooms"], *rest["rooms"]] == sorted(listed, key=lambda each: each["room_id"])


async def test_one_room_is_shown_with_its_size_and_its_people(anna: Person, alice: Person, a_room: str) -> None:
    before = await anna.done("GET", f"{ROOMS}/{segment(a_room)}")
    await alice.says(a_room, "x" * 1000)
    after = await anna.done("GET", f"{ROOMS}/{segment(a_room)}")
    assert after["members"] == {"@alice:test": "join", "@bob:test": "join"}
    assert after["events"] == before["events"] + 1
    assert after["event_bytes"] > before["event_bytes"] + 1000
    assert (await anna.request("GET", f"{ROOMS}/!nowhere:test")).errcode == "M_NOT_FOUND"


async def test_erased_room_is_gone_for_everybody(anna: Person, alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "a secret")
    since = (await bob.syncs())["next_batch"]
    await anna.done("DELETE", f"{ROOMS}/{segment(a_room)}")
    assert a_room in (await bob.syncs(since))["rooms"]["leave"]
    assert await alice.reads(a_room) == []
    assert (await anna.request("DELETE", f"{ROOMS}/!nowhere:test")).errcode == "M_NOT_FOUND"


async def test_old_messages_are_gone_and_the_room_goes_on(
    homeserver: RunningServer, anna: Person, alice: Person, bob: Person, a_room: str
) -> None:
    for number in range(5):
        await alice.says(a_room, f"wordly {number}")
    now_ms = homeserver.app.base.clock.now_ms() + 1
    forgotten = await anna.done("POST", f"{ROOMS}/{segment(a_room)}/forget", {"before_ms": now_ms})
    assert forgotten == {"messages": 4}
    assert await bob.reads(a_room) == ["wordly 4"]
    assert await alice.says(a_room, "on we go")
    assert await bob.reads(a_room) == ["on we go", "wordly 4"]
    joined = (await bob.syncs())["rooms"]["join"][a_room]
    assert [event["content"].get("body") for event in joined["timeline"]["events"]][-2:] == ["wordly 4", "on we go"]
    members = await bob.done("GET", path_of(a_room, "joined_members"))
    assert members["joined"].keys() == {alice.user_id, bob.user_id}


async def test_storage_is_measured(anna: Person, a_room: str) -> None:
    stored = await anna.done("GET", f"{ADMIN}/storage")
    assert (stored["accounts"], stored["rooms"]) == (3, 1)
    assert stored["database_bytes"] > 0
    assert stored["free_disk_bytes"] > 0
