"""The pure rules of rooms."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sottovoce.domains.rooms.model import Child, InvalidParam, Reader, StateChange, StateKey, TimelineEvent
from sottovoce.domains.rooms.rules import (
    admitting_rooms,
    authoriser,
    check_server_acl,
    family,
    following_join_rule,
    for_app_service,
    heroes,
    in_sync,
    is_redacted,
    last_per_key,
    newest_edits,
    quiet_levels,
    relations_fragment,
    rolled_back,
    space_children,
    starting_levels,
    successor_levels,
    unsigned_fragment,
    with_room_id,
)
from sottovoce.protocol.events import Draft, Event, build_event, client_form
from sottovoce.protocol.ids import DeviceId, EventId, RoomId, ServerName, UserId
from sottovoce.protocol.power import PowerLevels
from sottovoce.protocol.room_versions import room_version
from sottovoce.protocol.signing import Signer

ALICE, BOB, CAROL = UserId("@alice:test"), UserId("@bob:test"), UserId("@carol:test")
PHONE = DeviceId("PHONE")
SIGNER = Signer(ServerName("test"), "ed25519:a", bytes(32))
VERSION = room_version("12")


def an_event(content: dict[str, object], *, state_key: str | None = None, kind: str = "m.room.topic") -> Event:
    draft = Draft(
        type=kind,
        sender=ALICE,
        content=content,
        room_id=RoomId("!room"),
        origin_server_ts=1_000,
        depth=1,
        prev_events=(),
        auth_events=(),
        state_key=state_key,
    )
    return build_event(draft, VERSION, SIGNER)


def placed(event: Event, *, unsigned: bytes = b"", txn_id: str | None = None) -> TimelineEvent:
    return TimelineEvent(1, event, client_form(event), unsigned, None, PHONE if txn_id else None, txn_id)


def test_an_event_in_a_sync_is_whole_but_for_its_room() -> None:
    event = an_event({"topic": "è"}, state_key="")
    shown = json.loads(in_sync(placed(event), Reader(BOB, PHONE), 1_250))
    assert shown == {
        "content": {"topic": "è"},
        "event_id": event.event_id,
        "origin_server_ts": 1_000,
        "sender": ALICE,
        "state_key": "",
        "type": "m.room.topic",
        "unsigned": {"age": 250, "membership": "join"},
    }


def test_elsewhere_an_event_names_its_room() -> None:
    event = an_event({"body": "x"}, kind="m.room.message")
    shown = json.loads(with_room_id(placed(event), Reader(BOB, PHONE), 900, b"leave"))
    assert shown["room_id"] == "!room"
    assert "state_key" not in shown
    assert shown["unsigned"] == {"age": 0, "membership": "leave"}


def test_an_app_service_is_told_an_event_as_nobody_in_the_room() -> None:
    shown = json.loads(for_app_service(placed(an_event({"body": "x"}), txn_id="7"), 1_500))
    assert (shown["room_id"], shown["sender"], shown["content"]) == ("!room", ALICE, {"body": "x"})
    assert shown["unsigned"] == {"age": 500}


def test_only_the_device_that_sent_an_event_is_told_what_it_called_it() -> None:
    event = placed(an_event({"body": "x"}, kind="m.room.message"), txn_id='a"b')
    readers = [Reader(ALICE, PHONE), Reader(ALICE, DeviceId("LAPTOP")), Reader(BOB, PHONE)]
    told = [json.loads(in_sync(event, reader, 1_000))["unsigned"].get("transaction_id") for reader in readers]
    assert told == ['a"b', None, None]


def test_a_state_event_quotes_the_one_it_replaced() -> None:
    before = an_event({"topic": "before"}, state_key="")
    fragment = unsigned_fragment(before, None)
    shown = json.loads(
        in_sync(placed(an_event({"topic": "after"}, state_key=""), unsigned=fragment), Reader(BOB, None), 1)
    )
    assert shown["unsigned"]["prev_content"] == {"topic": "before"}
    assert shown["unsigned"]["prev_sender"] == ALICE
    assert shown["unsigned"]["replaces_state"] == before.event_id


def test_a_redacted_event_carries_its_redaction() -> None:
    redaction = an_event({"reason": "no"}, kind="m.room.redaction")
    shown = json.loads(in_sync(placed(an_event({}), unsigned=unsigned_fragment(None, redaction)), Reader(BOB, None), 1))
    assert shown["unsigned"]["redacted_because"]["event_id"] == redaction.event_id
    assert shown["unsigned"]["redacted_because"]["content"] == {"reason": "no"}


KEYS: list[StateKey] = [("m.room.name", ""), ("m.room.topic", ""), ("m.room.member", ALICE), ("m.room.member", BOB)]


@given(st.lists(st.sampled_from(KEYS), max_size=30), st.integers(0, 31))
def test_rolling_changes_back_gives_the_state_before_them(written: list[StateKey], at: int) -> None:
    states: list[dict[StateKey, int]] = [{}]
    changes: list[StateChange] = []
    for position, key in enumerate(written, start=1):
        changes.append(StateChange(position, key, states[-1].get(key)))
        states.append({**states[-1], key: position})
    at = min(at, len(written))
    assert rolled_back(states[-1], changes[at:]) == states[at]
    assert {**states[at], **last_per_key(changes[at:])} == states[-1]


def test_heroes_are_those_who_are_there_in_the_order_they_came() -> None:
    people = [UserId(f"@p{number}:test") for number in range(8)]
    memberships = {ALICE: "join", BOB: "leave"} | dict.fromkeys(people, "join")
    assert heroes(memberships, ALICE) == people[:5]


def test_a_room_everybody_left_is_called_after_those_who_left() -> None:
    assert heroes({ALICE: "join", BOB: "leave", CAROL: "ban"}, ALICE) == [BOB, CAROL]
    assert heroes({ALICE: "join", BOB: "leave", CAROL: "invite"}, ALICE) == [CAROL]


def a_rule(join_rule: str, allow: object) -> Event:
    return an_event({"join_rule": join_rule, "allow": allow}, state_key="", kind="m.room.join_rules")


def test_a_restricted_room_names_the_rooms_whose_members_it_lets_in() -> None:
    allow = [
        {"type": "m.room_membership", "room_id": "!club:test"},
        {"type": "it.test", "room_id": "!other:test"},
        {"type": "m.room_membership", "room_id": "club"},
        {"type": "m.room_membership"},
        "nonsense",
    ]
    assert admitting_rooms(a_rule("restricted", allow)) == ["!club:test"]
    assert admitting_rooms(a_rule("knock_restricted", allow)) == ["!club:test"]
    assert admitting_rooms(a_rule("invite", allow)) == []
    assert admitting_rooms(a_rule("restricted", {"type": "m.room_membership"})) == []
    assert admitting_rooms(None) == []


def test_who_stands_for_a_join_may_invite() -> None:
    create = an_event({"creator": ALICE}, state_key="", kind="it.test.create")
    levels = an_event({"invite": 50, "users": {BOB: 50}}, state_key="", kind="m.room.power_levels")
    power = PowerLevels(create, levels, room_version("11"))
    assert authoriser(power, [CAROL, BOB]) == BOB
    assert authoriser(power, [CAROL]) is None
    assert authoriser(power, []) is None


@pytest.mark.parametrize("server", ["test", "test:8448", "[::1]", "[::1]:8448", "10.0.0.1"])
def test_a_server_list_may_let_its_own_server_in(server: str) -> None:
    check_server_acl({"allow": ["t?st", "[*", "10.*"], "deny": ["*.evil.example"]}, server)


@pytest.mark.parametrize(
    ("content", "server"),
    [
        ({"allow": ["*"], "deny": ["TEST"]}, "test:8448"),
        ({"allow": ["other"]}, "test"),
        ({"allow": ["*"], "allow_ip_literals": False}, "[::1]:8448"),
        ({"allow": ["*"], "allow_ip_literals": False}, "10.0.0.1"),
        ({"allow": ["*"], "allow_ip_literals": 0}, "test"),
        ({"allow": ["*", 7]}, "test"),
        ({"allow": ["*"], "deny": "x"}, "test"),
    ],
)
def test_a_server_list_may_not_lock_its_own_server_out(content: dict[str, object], server: str) -> None:
    with pytest.raises(InvalidParam):
        check_server_acl(content, server)


def a_child(position: int, rel_type: str, *, sent_at_ms: int = 1, total: int = 2, is_mine: bool = False) -> Child:
    return Child(position, rel_type, ALICE, sent_at_ms, total, is_mine)


def test_a_family_has_who_is_visible_and_counts_without_the_others() -> None:
    children = [a_child(2, "m.thread"), a_child(3, "m.replace", total=1), a_child(4, "m.thread")]
    kinds = family(children, {2, 3})
    assert kinds == {"m.thread": [a_child(2, "m.thread", total=1)], "m.replace": [a_child(3, "m.replace", total=1)]}


def test_the_newest_edits_are_those_of_the_latest_time_wherever_they_stand() -> None:
    edits = [a_child(2, "m.replace", sent_at_ms=9), a_child(3, "m.replace", sent_at_ms=9), a_child(4, "m.replace")]
    assert newest_edits(edits) == [2, 3]


def test_what_relates_is_told_by_kind() -> None:
    thread, reference = a_child(2, "m.thread"), a_child(3, "m.reference")
    kinds = {"m.thread": [thread], "m.reference": [reference]}
    told = relations_fragment(kinds, b'{"edit":1}', b'{"latest":1}', {3: EventId("$three")}, True)
    assert json.loads(b"{%b}" % told)["m.relations"] == {
        "m.replace": {"edit": 1},
        "m.thread": {"latest_event": {"latest": 1}, "count": 2, "current_user_participated": True},
        "m.reference": {"chunk": [{"event_id": "$three"}]},
    }
    assert relations_fragment({}, None, None, {}, False) == b""
    shown = json.loads(in_sync(placed(an_event({})), Reader(BOB, PHONE), 0, b"join", told))
    assert shown["unsigned"]["m.relations"]["m.replace"] == {"edit": 1}


def test_a_redacted_event_is_told_from_others() -> None:
    event = an_event({}, kind="m.room.message")
    assert not is_redacted(placed(event))
    assert is_redacted(placed(event, unsigned=unsigned_fragment(None, event)))


def in_a_space(room_id: str, at_ms: int, content: dict[str, object]) -> TimelineEvent:
    draft = Draft(
        type="m.space.child",
        sender=ALICE,
        content=content,
        room_id=RoomId("!space"),
        origin_server_ts=at_ms,
        depth=1,
        prev_events=(),
        auth_events=(),
        state_key=room_id,
    )
    return placed(build_event(draft, VERSION, SIGNER))


def test_the_rooms_of_a_space_stand_in_the_order_it_gives_them() -> None:
    via: dict[str, object] = {"via": ["test"]}
    children = [
        in_a_space("!f:test", 2, via),
        in_a_space("!e:test", 1, via),
        in_a_space("!d:test", 1, {**via, "order": "x" * 51}),
        in_a_space("!c:test", 9, {**via, "order": "b"}),
        in_a_space("!b:test", 9, {**via, "order": "a", "suggested": True}),
        in_a_space("!a:test", 9, {**via, "order": 7, "suggested": 1}),
        in_a_space("!x:test", 0, {"via": []}),
        in_a_space("!y:test", 0, {}),
        in_a_space("no room", 0, via),
    ]
    ordered = [each.event.state_key for each in space_children(children, suggested_only=False)]
    assert ordered == ["!b:test", "!c:test", "!d:test", "!e:test", "!f:test", "!a:test"]
    assert [each.event.state_key for each in space_children(children, suggested_only=True)] == ["!b:test"]


OLD = RoomId("!old:test")
FROM_OLD = {"type": "m.room_membership", "room_id": OLD}


def test_the_members_of_the_old_room_may_follow() -> None:
    other = {"type": "m.room_membership", "room_id": "!club:test"}
    cases: list[tuple[dict[str, object], dict[str, object]]] = [
        ({"join_rule": "invite"}, {"join_rule": "restricted", "allow": [FROM_OLD]}),
        ({"join_rule": "knock"}, {"join_rule": "knock_restricted", "allow": [FROM_OLD]}),
        ({"join_rule": "restricted", "allow": [other]}, {"join_rule": "restricted", "allow": [other, FROM_OLD]}),
        ({"join_rule": "knock_restricted", "allow": 7}, {"join_rule": "knock_restricted", "allow": [FROM_OLD]}),
        ({"join_rule": "public"}, {"join_rule": "public"}),
        ({"join_rule": []}, {"join_rule": []}),
        ({}, {}),
    ]
    for before, after in cases:
        assert following_join_rule(before, OLD) == after


def test_a_successors_creators_have_no_level_where_they_need_none() -> None:
    levels: dict[str, object] = {"users": {ALICE: 100, BOB: 50}, "events": {"m.room.tombstone": 50}, "ban": 7}
    wanted = successor_levels(levels, VERSION, [ALICE], ())
    assert wanted == {"users": {BOB: 50}, "events": {"m.room.tombstone": 150}, "ban": 7}
    assert starting_levels(wanted, VERSION, ALICE) == wanted
    high = successor_levels({"state_default": 200}, VERSION, [ALICE], ())
    assert high["events"] == {"m.room.tombstone": 201}


def test_founders_get_the_highest_level_where_they_need_one() -> None:
    wanted = successor_levels({"users": {BOB: 9001}}, room_version("11"), [ALICE], [ALICE])
    assert wanted == {"users": {BOB: 9001, ALICE: 9001}}
    assert starting_levels(wanted, room_version("11"), ALICE) == {"users": {ALICE: 9001}}
    assert successor_levels({"users": {BOB: 50}}, room_version("10"), [ALICE], ()) == {"users": {BOB: 50}}
    assert starting_levels({}, room_version("10"), ALICE) == {"users": {ALICE: 100}}


def test_a_replaced_room_is_for_those_with_power() -> None:
    assert quiet_levels({}) == {"events_default": 50, "invite": 50}
    assert quiet_levels({"users_default": 70, "invite": 90, "ban": 1}) == {
        "users_default": 70,
        "events_default": 71,
        "invite": 90,
        "ban": 1,
    }
