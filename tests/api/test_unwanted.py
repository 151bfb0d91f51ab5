"""What people asked not to see: invitations they do not take, people they ignore."""

from typing import Any

import pytest

from tests.helpers.asgi import AsgiClient
from tests.helpers.people import Person, room, texts

BLOCKED = (403, "M_INVITE_BLOCKED")
PERMISSION = "m.invite_permission_config"
FILTER = "org.matrix.msc4155.invite_permission_config"


async def keeps(person: Person, data_type: str, content: object) -> None:
    await person.done("PUT", f"user/{person.user_id}/account_data/{data_type}", content)


async def ignores(person: Person, *others: Person) -> None:
    await keeps(person, "m.ignored_user_list", {"ignored_users": {other.user_id: {} for other in others}})


async def invited_to(person: Person) -> list[str]:
    return list((await person.syncs()).get("rooms", {}).get("invite", {}))


async def refused(person: Person, method: str, path: str, body: object) -> tuple[int, str | None]:
    reply = await person.request(method, path, json=body)
    return reply.status, reply.errcode


async def test_whoever_takes_no_invitations_gets_none(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room()
    await keeps(bob, PERMISSION, {"default_action": "block"})
    assert await refused(alice, "POST", room(room_id, "invite"), {"user_id": bob.user_id}) == BLOCKED
    assert await refused(alice, "POST", "createRoom", {"invite": [bob.user_id]}) == BLOCKED
    member = {"type": "m.room.member", "state_key": bob.user_id, "content": {"membership": "invite"}}
    assert await refused(alice, "POST", "createRoom", {"initial_state": [member]}) == BLOCKED
    path = room(room_id, "state", "m.room.member", bob.user_id)
    assert await refused(alice, "PUT", path, {"membership": "invite"}) == BLOCKED
    await keeps(bob, PERMISSION, {})
    await alice.invites(room_id, bob)


async def test_an_invitation_from_before_is_not_shown_while_they_are_blocked(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(invite=[bob.user_id])
    assert await invited_to(bob) == [room_id]
    await keeps(bob, PERMISSION, {"default_action": "block"})
    assert await invited_to(bob) == []
    members = await alice.done("GET", room(room_id, "members"), query={"membership": "invite"})
    assert [event["state_key"] for event in members["chunk"]] == [bob.user_id]
    await bob.joins(room_id)


@pytest.mark.parametrize(
    ("config", "is_taken", "is_shown"),
    [
        ({"blocked_users": ["@ali*:test"]}, False, False),
        ({"ignored_users": ["@ali*:test"]}, True, False),
        ({"blocked_users": ["*"], "allowed_users": ["@alice:test"]}, True, True),
        ({"blocked_servers": ["test"]}, False, False),
        ({"blocked_servers": ["test"], "enabled": False}, True, True),
        ({"blocked_users": "nonsense", "blocked_servers": {"a": 1}}, True, True),
    ],
)
async def test_a_filter_says_whose_invitations_are_wanted(
    alice: Person, bob: Person, config: object, is_taken: bool, is_shown: bool
) -> None:
    await keeps(bob, FILTER, config)
    room_id = await alice.creates_room()
    reply = await alice.post(room(room_id, "invite"), {"user_id": bob.user_id})
    assert (reply.status, reply.errcode) == ((200, None) if is_taken else BLOCKED)
    assert (room_id in await invited_to(bob)) == is_shown


async def test_a_person_that_does_not_exist_cannot_be_invited_by_any_path(alice: Person, a_room: str) -> None:
    path = room(a_room, "state", "m.room.member", "@nobody:test")
    assert await refused(alice, "PUT", path, {"membership": "invite"}) == (404, "M_NOT_FOUND")


async def test_ignored_people_are_not_heard_but_what_they_set_is_seen(
    alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    await ignores(carol, bob)
    since = (await carol.syncs())["next_batch"]
    event_id = await bob.says(a_room, "rumore")
    await alice.done("PUT", room(a_room, "state", "m.room.power_levels"), {"users": {bob.user_id: 100}})
    await bob.sets(a_room, "m.room.name", {"name": "di Bob"})
    await alice.says(a_room, "musica")
    joined = (await carol.syncs(since))["rooms"]["join"][a_room]["timeline"]["events"]
    assert texts(joined) == ["musica"]
    assert "m.room.name" in {event["type"] for event in joined}
    assert await carol.reads(a_room) == ["musica"]
    assert (await carol.get(room(a_room, "event", event_id))).status == 404
    assert await alice.reads(a_room) == ["musica", "rumore"]


async def test_a_waiting_sync_sleeps_through_what_ignored_people_say(alice: Person, bob: Person, a_room: str) -> None:
    await ignores(bob, alice)
    since = (await bob.syncs())["next_batch"]
    await alice.says(a_room, "rumore")
    answer = await bob.syncs(since, timeout=50)
    assert a_room not in answer.get("rooms", {}).get("join", {})


async def test_who_is_no_longer_ignored_is_heard_again(alice: Person, bob: Person, a_room: str) -> None:
    await ignores(bob, alice)
    await alice.says(a_room, "prima")
    assert await bob.reads(a_room) == []
    await ignores(bob)
    assert await bob.reads(a_room) == ["prima"]


async def test_an_ignored_persons_invitation_is_taken_and_not_shown(alice: Person, bob: Person) -> None:
    await ignores(bob, alice)
    room_id = await alice.creates_room(invite=[bob.user_id])
    assert room_id not in await invited_to(bob)


@pytest.mark.parametrize("content", [{}, {"ignored_users": 7}, {"ignored_users": []}, {"ignored_users": {"x": {}}}])
async def test_a_list_that_names_nobody_hides_nobody(alice: Person, bob: Person, a_room: str, content: Any) -> None:
    await keeps(bob, "m.ignored_user_list", content)
    await alice.says(a_room, "ciao")
    assert await bob.reads(a_room) == ["ciao"]


@pytest.mark.parametrize(
    "content",
    [
        {"allow": ["*"], "deny": ["test"]},
        {"allow": []},
        {},
        {"allow": "*"},
        {"allow": [7]},
        {"allow": ["*"], "deny": 7},
        {"allow": ["*"], "allow_ip_literals": "no"},
    ],
)
async def test_a_server_list_that_locks_its_own_server_out_is_refused(
    alice: Person, a_room: str, content: object
) -> None:
    answer = await refused(alice, "PUT", room(a_room, "state", "m.room.server_acl"), content)
    assert answer == (400, "M_INVALID_PARAM")
    acl = {"type": "m.room.server_acl", "content": content}
    assert await refused(alice, "POST", "createRoom", {"initial_state": [acl]}) == (400, "M_INVALID_PARAM")


async def test_a_server_list_is_kept(alice: Person, a_room: str) -> None:
    content = {"allow": ["*"], "deny": ["*.evil.example"], "allow_ip_literals": False}
    await alice.sets(a_room, "m.room.server_acl", content)
    assert await alice.done("GET", room(a_room, "state", "m.room.server_acl")) == content


async def test_a_rooms_policy_server_is_kept_as_state_and_this_server_is_none(alice: Person, a_room: str) -> None:
    content = {"via": "policy.example", "public_keys": {"ed25519": "6yhHGKhCiXTSEN2ksjV7kX_N6rBQZ3Xb-M7LlC6NS-s"}}
    await alice.sets(a_room, "m.room.policy", content)
    assert await alice.done("GET", room(a_room, "state", "m.room.policy")) == content
    reply = await AsgiClient(alice.app).get("/.well-known/matrix/policy_server")
    assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")
