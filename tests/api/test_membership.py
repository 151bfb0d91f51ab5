"""Coming, going, inviting and sending away."""

import pytest

from tests.helpers.people import Person, room, texts


async def membership(asker: Person, room_id: str, person: Person) -> dict[str, object]:
    content: dict[str, object] = await asker.done("GET", room(room_id, "state", "m.room.member", person.user_id))
    return content


async def refused(person: Person, path: str, body: object = None) -> tuple[int, str | None]:
    reply = await person.post(path, {} if body is None else body)
    return reply.status, reply.errcode


FORBIDDEN = (403, "M_FORBIDDEN")


async def test_an_invited_person_joins_by_either_path(alice: Person, bob: Person, carol: Person) -> None:
    room_id = await alice.creates_room(invite=[bob.user_id, carol.user_id])
    assert await bob.done("POST", room(room_id, "join"), {"reason": "ciao"}) == {"room_id": room_id}
    assert await carol.done("POST", f"join/{room_id}", {}) == {"room_id": room_id}
    assert (await membership(alice, room_id, bob))["reason"] == "ciao"


async def test_joining_again_changes_nothing(alice: Person, bob: Person, a_room: str) -> None:
    before = await alice.done("GET", room(a_room, "state", "m.room.member", bob.user_id), query={"format": "event"})
    await bob.joins(a_room)
    after = await alice.done("GET", room(a_room, "state", "m.room.member", bob.user_id), query={"format": "event"})
    assert before["event_id"] == after["event_id"]


async def test_a_body_may_be_absent(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(invite=[bob.user_id])
    assert (await bob.request("POST", room(room_id, "join"))).status == 200
    assert (await bob.request("POST", room(room_id, "leave"))).status == 200


async def test_anybody_joins_a_public_room_also_by_alias(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(preset="public_chat", room_alias_name="piazza")
    assert await bob.done("POST", "join/%23piazza%3Atest", {}) == {"room_id": room_id}


async def test_nobody_joins_uninvited(alice: Person, bob: Person) -> None:
    assert await refused(bob, room(await alice.creates_room(), "join")) == FORBIDDEN


async def test_a_room_that_does_not_exist_cannot_be_joined(alice: Person) -> None:
    assert await refused(alice, room("!nowhere:test", "join")) == (404, "M_NOT_FOUND")
    assert await refused(alice, "join/%23nowhere%3Atest") == (404, "M_NOT_FOUND")
    assert await refused(alice, "join/nowhere") == (400, "M_INVALID_PARAM")


async def test_an_invitation_carries_name_and_reason(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room()
    assert await alice.done("POST", room(room_id, "invite"), {"user_id": bob.user_id, "reason": "vieni"}) == {}
    assert await membership(alice, room_id, bob) == {"membership": "invite", "displayname": "Bob", "reason": "vieni"}


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, (400, "M_MISSING_PARAM")),
        ({"user_id": 7}, (400, "M_BAD_JSON")),
        ({"user_id": "bob"}, (400, "M_INVALID_PARAM")),
        ({"user_id": "@nobody:test"}, (404, "M_NOT_FOUND")),
        ({"user_id": "@bob:test"}, FORBIDDEN),
    ],
)
async def test_an_invitation_that_cannot_be_is_refused(
    alice: Person, a_room: str, body: object, answer: tuple[int, str]
) -> None:
    assert await refused(alice, room(a_room, "invite"), body) == answer


async def test_only_those_in_the_room_with_the_power_invite(alice: Person, bob: Person, carol: Person) -> None:
    room_id = await alice.creates_room(invite=[bob.user_id], power_level_content_override={"invite": 50})
    assert await refused(bob, room(room_id, "invite"), {"user_id": carol.user_id}) == FORBIDDEN
    await bob.joins(room_id)
    assert await refused(bob, room(room_id, "invite"), {"user_id": carol.user_id}) == FORBIDDEN
    await alice.invites(room_id, carol)


async def test_leaving_declines_an_invitation_or_ends_a_stay(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(invite=[bob.user_id])
    assert await bob.done("POST", room(room_id, "leave"), {"reason": "no"}) == {}
    assert await membership(alice, room_id, bob) == {"membership": "leave", "reason": "no"}
    await alice.invites(room_id, bob)
    await bob.joins(room_id)
    await bob.leaves(room_id)
    assert await refused(bob, room(room_id, "join")) == FORBIDDEN


async def test_whoever_left_reads_what_there_was_until_then(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "prima")
    await bob.leaves(a_room)
    await alice.says(a_room, "dopo")
    assert await bob.reads(a_room) == ["prima"]


async def test_a_kicked_person_is_out_and_may_be_invited_again(alice: Person, bob: Person, a_room: str) -> None:
    assert await alice.done("POST", room(a_room, "kick"), {"user_id": bob.user_id, "reason": "via"}) == {}
    assert await membership(alice, a_room, bob) == {"membership": "leave", "reason": "via"}
    await alice.invites(a_room, bob)
    await bob.joins(a_room)


async def test_nobody_kicks_without_power_or_whoever_is_not_there(
    alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    assert await refused(bob, room(a_room, "kick"), {"user_id": alice.user_id}) == FORBIDDEN
    assert await refused(alice, room(a_room, "kick"), {"user_id": carol.user_id}) == FORBIDDEN
    assert await refused(carol, room(a_room, "kick"), {"user_id": bob.user_id}) == FORBIDDEN


async def test_a_banned_person_can_neither_join_nor_be_invited_until_unbanned(
    alice: Person, bob: Person, a_room: str
) -> None:
    assert await alice.done("POST", room(a_room, "ban"), {"user_id": bob.user_id, "reason": "basta"}) == {}
    assert await refused(bob, room(a_room, "join")) == FORBIDDEN
    assert await refused(alice, room(a_room, "invite"), {"user_id": bob.user_id}) == FORBIDDEN
    assert await alice.done("POST", room(a_room, "unban"), {"user_id": bob.user_id}) == {}
    await alice.invites(a_room, bob)
    await bob.joins(a_room)


async def test_nobody_bans_or_unbans_without_power(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    await alice.done("POST", room(a_room, "ban"), {"user_id": carol.user_id})
    assert await refused(bob, room(a_room, "ban"), {"user_id": alice.user_id}) == FORBIDDEN
    assert await refused(bob, room(a_room, "unban"), {"user_id": carol.user_id}) == FORBIDDEN
    assert await refused(alice, room(a_room, "unban"), {"user_id": bob.user_id}) == (403, "M_BAD_STATE")


async def test_a_knock_is_answered_with_an_invitation(alice: Person, bob: Person) -> None:
    knocking = {"type": "m.room.join_rules", "content": {"join_rule": "knock"}}
    room_id = await alice.creates_room(initial_state=[knocking])
    assert await bob.done("POST", f"knock/{room_id}", {"reason": "posso?"}) == {"room_id": room_id}
    assert (await membership(alice, room_id, bob))["reason"] == "posso?"
    assert room_id in (await bob.syncs())["rooms"]["knock"]
    await alice.invites(room_id, bob)
    await bob.joins(room_id)


async def test_one_cannot_knock_where_that_is_not_allowed(alice: Person, bob: Person) -> None:
    assert await refused(bob, f"knock/{await alice.creates_room()}") == FORBIDDEN
    assert await refused(bob, "knock/!nowhere:test") == (404, "M_NOT_FOUND")


async def test_a_restricted_room_lets_in_the_members_of_another(alice: Person, bob: Person, carol: Person) -> None:
    club = await alice.creates_room(invite=[bob.user_id])
    await bob.joins(club)
    content = {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": club}]}
    room_id = await alice.creates_room(initial_state=[{"type": "m.room.join_rules", "content": content}])
    await bob.joins(room_id)
    assert await refused(carol, room(room_id, "join")) == FORBIDDEN


async def test_a_room_is_forgotten_only_after_leaving(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "ricordo")
    assert await refused(bob, room(a_room, "forget")) == (400, "M_UNKNOWN")
    await bob.leaves(a_room)
    assert await bob.reads(a_room) == ["ricordo"]
    assert await bob.done("POST", room(a_room, "forget"), {}) == {}
    assert (await bob.get(room(a_room, "messages"), query={"dir": "b"})).status == 403


async def test_a_forgotten_room_can_be_joined_again_with_its_past(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "prima")
    await bob.leaves(a_room)
    await bob.done("POST", room(a_room, "forget"), {})
    await alice.invites(a_room, bob)
    await bob.joins(a_room)
    answer = await bob.syncs()
    assert "prima" in texts(answer["rooms"]["join"][a_room]["timeline"]["events"])


async def test_a_leave_cannot_be_done_twice_wrongly(alice: Person, bob: Person, a_room: str) -> None:
    await bob.leaves(a_room)
    assert (await bob.post(room(a_room, "leave"), {})).status == 200
    assert (await membership(alice, a_room, bob))["membership"] == "leave"
