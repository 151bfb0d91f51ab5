"""Notices in the server's name."""

from tests.api.admin.conftest import ADMIN
from tests.helpers.people import Person

NOTICES = f"{ADMIN}/people/bob/notices"


async def notices_of(person: Person) -> list[str]:
    """What the notices say that the person can read, after taking up the invitation if there is one."""
    for room_id in (await person.syncs())["rooms"].get("invite", {}):
        await person.joins(room_id)
    joined = (await person.syncs())["rooms"]["join"]
    events = [event for room in joined.values() for event in room["timeline"]["events"]]
    return [event["content"]["body"] for event in events if event["content"].get("msgtype") == "m.server_notice"]


async def test_person_is_invited_to_one_room_that_is_marked_and_reads_all_notices_there(
    anna: Person, bob: Person
) -> None:
    await anna.done("POST", NOTICES, {"text": "We move on Sunday."})
    await anna.done("POST", NOTICES, {"text": "We have moved."})
    told = await bob.syncs()
    (room_id,) = told["rooms"]["invite"]
    assert await notices_of(bob) == ["We move on Sunday.", "We have moved."]
    (room,) = (await bob.syncs())["rooms"]["join"].values()
    tags = [event["content"]["tags"] for event in room["account_data"]["events"] if event["type"] == "m.tag"]
    assert tags == [{"m.server_notice": {}}]
    assert (await bob.request("PUT", f"rooms/{room_id}/send/m.room.message/1", json={"body": "x"})).status == 403


async def test_its_invitation_is_neither_kept_away_nor_declined(anna: Person, bob: Person) -> None:
    path = f"user/{bob.user_id}/account_data/m.invite_permission_config"
    await bob.done("PUT", path, {"default_action": "block"})
    await anna.done("POST", NOTICES, {"text": "one"})
    (room_id,) = (await bob.syncs())["rooms"]["invite"]
    reply = await bob.request("POST", f"rooms/{room_id}/leave", json={})
    assert (reply.status, reply.errcode) == (403, "M_CANNOT_LEAVE_SERVER_NOTICE_ROOM")
    await bob.joins(room_id)
    await bob.leaves(room_id)


async def test_whoever_left_is_invited_again(anna: Person, bob: Person) -> None:
    await anna.done("POST", NOTICES, {"text": "one"})
    await notices_of(bob)
    (room_id,) = (await bob.done("GET", "joined_rooms"))["joined_rooms"]
    await bob.leaves(room_id)
    await anna.done("POST", NOTICES, {"text": "two"})
    assert list((await bob.syncs())["rooms"]["invite"]) == [room_id]


async def test_everybody_is_written_to_but_those_who_are_gone(anna: Person, alice: Person, bob: Person) -> None:
    await anna.done("POST", f"{ADMIN}/people/bob/deactivate", {})
    assert (await anna.done("POST", f"{ADMIN}/notices", {"text": "Hello"})) == {"people": 2}
    assert await notices_of(alice) == ["Hello"]
    assert (await anna.done("POST", f"{ADMIN}/notices", {"text": "Again"})) == {"people": 2}
    assert (await anna.request("POST", NOTICES, json={"text": "x"})).status == 400


async def test_notice_says_something_and_not_too_much(anna: Person, bob: Person) -> None:
    for text in ("", "  ", "x" * 10_001, "\0"):
        assert (await anna.request("POST", NOTICES, json={"text": text})).errcode == "M_INVALID_PARAM"
