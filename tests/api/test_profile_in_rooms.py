"""A new name or picture is seen in every room, also when the server stopped before it was shown."""

from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer


async def name_in(room_id: str, alice: Person) -> object:
    return (await alice.done("GET", room(room_id, "state", "m.room.member", alice.user_id))).get("displayname")


async def test_a_new_name_is_shown_in_every_room_and_then_it_is_no_news(
    homeserver: RunningServer, alice: Person
) -> None:
    rooms = [await alice.creates_room() for _ in range(3)]
    for name in ("Alice", "Alice B.", "Alice C."):
        await alice.done("PUT", f"profile/{alice.user_id}/displayname", {"displayname": name})
    await homeserver.settle()
    assert [await name_in(room_id, alice) for room_id in rooms] == ["Alice C."] * 3
    assert await homeserver.app.base.accounts.profiles.news() == []


async def test_a_name_that_was_not_shown_when_the_server_stopped_is_shown_by_the_next(
    homeserver: RunningServer, alice: Person
) -> None:
    room_id = await alice.creates_room()
    homeserver.app.base.changes._followers.clear()
    await alice.done("PUT", f"profile/{alice.user_id}/displayname", {"displayname": "Alice B."})
    await homeserver.stop()
    await homeserver.start()
    await homeserver.settle()
    alice.app = homeserver.app.http
    assert await name_in(room_id, alice) == "Alice B."
    assert await homeserver.app.base.accounts.profiles.news() == []


async def test_other_fields_change_nothing_in_rooms(homeserver: RunningServer, alice: Person) -> None:
    await alice.creates_room()
    since = (await alice.syncs())["next_batch"]
    await alice.done("PUT", f"profile/{alice.user_id}/m.tz", {"m.tz": "Europe/Rome"})
    await homeserver.settle()
    assert "rooms" not in await alice.syncs(since, timeout=0)
