import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sottovoce.protocol.auth_rules import check
from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import EventId, RoomId, UserId

from ..builders import ALICE, BOB, FAR_DAVE, VERSIONS, Content, Room, json_values, numbered

every_version = pytest.mark.parametrize("version", VERSIONS)


def _refused_create(room: Room, create: Event) -> str | None:
    refusal = check(create, {}, room.version)
    return None if refusal is None else refusal.rule


@every_version
def test_rule_1_allows_a_create_event(version: str) -> None:
    room = Room(version)
    assert _refused_create(room, room.create) is None


@every_version
def test_rule_1_1_refuses_a_create_event_that_is_not_first(version: str) -> None:
    room = Room(version)
    late = msgspec.structs.replace(room.create, prev_events=(EventId("$a"),))
    assert _refused_create(room, late) == "1.1"


@every_version
def test_rule_1_2_refuses_a_room_id_that_does_not_belong_to_the_create_event(version: str) -> None:
    room = Room(version)
    foreign = msgspec.structs.replace(room.create, room_id=RoomId("!room:elsewhere.net"))
    assert _refused_create(room, foreign) == "1.2"


@every_version
@pytest.mark.parametrize("named", ["99", 12, None])
def test_rule_1_3_refuses_a_version_nobody_knows(version: str, named: object) -> None:
    room = Room(version, create={"room_version": named})
    assert _refused_create(room, room.create) == "1.3"


def test_rule_1_4_of_version_10_asks_for_a_creator() -> None:
    room = Room("10")
    without = msgspec.structs.replace(room.create, content={"room_version": "10"})
    assert _refused_create(room, without) == "1.4"


@pytest.mark.parametrize("additional", ["@a:x", [1], ["bob"], [BOB, "@x"], {}, None])
def test_rule_1_4_refuses_additional_creators_that_are_no_user_ids(additional: object) -> None:
    assert _refused_create(Room("12"), Room("12", create={"additional_creators": additional}).create) == "1.4"
    assert _refused_create(Room("11"), Room("11", create={"additional_creators": additional}).create) is None


def test_rule_1_4_allows_additional_creators_that_are_user_ids() -> None:
    assert _refused_create(Room("12"), Room("12", create={"additional_creators": [BOB, "@Straße:x"]}).create) is None


@every_version
def test_rule_2_refuses_an_event_in_a_room_without_create_event(version: str) -> None:
    room = Room(version)
    message = room.event("m.room.message", ALICE, {})
    del room.state["m.room.create", ""]
    assert room.refused_by(message) == ("2" if version == "12" else "2.4")


def test_rule_2_refuses_a_room_id_that_is_not_the_create_events() -> None:
    room = Room("12")
    message = room.event("m.room.message", ALICE, {})
    assert room.refused_by(message) is None
    assert room.refused_by(msgspec.structs.replace(message, room_id=RoomId("!other"))) == "2"


@every_version
@pytest.mark.parametrize(("federate", "refused"), [(False, True), (True, False), (None, False), ("false", False)])
def test_rule_4_refuses_other_servers_where_the_room_does_not_federate(
    version: str, federate: object, refused: bool
) -> None:
    room = Room(version, create={"m.federate": federate})
    room.member(FAR_DAVE, "join")
    assert room.refused_by(room.event("m.room.message", ALICE, {})) is None
    expected = numbered(version, "4") if refused else None
    assert room.refused_by(room.event("m.room.message", FAR_DAVE, {})) == expected


@every_version
@pytest.mark.parametrize("membership", ["invite", "leave", "ban", "knock", None])
def test_rule_6_refuses_who_is_not_in_the_room(version: str, membership: str | None) -> None:
    room = Room(version)
    if membership:
        room.member(BOB, membership)
    assert room.refused_by(room.event("m.room.message", BOB, {})) == numbered(version, "6")


@every_version
@pytest.mark.parametrize(("level", "rule"), [(50, None), (49, "7.1")])
def test_rule_7_1_lets_those_who_may_invite_send_third_party_invites(
    version: str, level: int, rule: str | None
) -> None:
    room = Room(version)
    room.member(BOB, "join")
    room.levels(users={BOB: level}, invite=50, state_default=100)
    event = room.event("m.room.third_party_invite", BOB, {}, "token")
    assert room.refused_by(event) == (rule and numbered(version, rule))


@every_version
@pytest.mark.parametrize(
    ("event_type", "state_key", "required"),
    [("m.room.topic", "", 50), ("m.room.message", None, 10), ("m.special", None, 70), ("m.special.state", "", 5)],
)
def test_rule_8_asks_for_the_level_of_the_type(
    version: str, event_type: str, state_key: str | None, required: int
) -> None:
    room = Room(version)
    room.member(BOB, "join")
    for level, rule in ((required, None), (required - 1, numbered(version, "8"))):
        room.levels(users={BOB: level}, events_default=10, events={"m.special": 70, "m.special.state": 5})
        assert room.refused_by(room.event(event_type, BOB, {}, state_key)) == rule


@every_version
@pytest.mark.parametrize(
    ("state_key", "refused"), [(BOB, False), (ALICE, True), ("@", True), ("", False), ("bob", False)]
)
def test_rule_9_keeps_state_keys_that_are_users_to_themselves(version: str, state_key: str, refused: bool) -> None:
    room = Room(version)
    room.member(BOB, "join")
    room.levels(users={BOB: 100})
    event = room.event("org.example.note", BOB, {}, state_key)
    assert room.refused_by(event) == (numbered(version, "9") if refused else None)


@every_version
def test_rule_10_judges_power_levels(version: str) -> None:
    room = Room(version)
    assert room.refused_by(room.event("m.room.power_levels", ALICE, {"ban": 60}, "")) is None
    assert room.refused_by(room.event("m.room.power_levels", ALICE, {"ban": "60"}, "")) == numbered(version, "10.1")


@every_version
@pytest.mark.parametrize(
    ("event_type", "content", "state_key"),
    [("m.room.message", {"body": "ciao"}, None), ("m.room.redaction", {}, None), ("m.room.name", {"name": "x"}, "")],
)
def test_rule_11_allows_the_rest(version: str, event_type: str, content: Content, state_key: str | None) -> None:
    room = Room(version)
    assert room.refused_by(room.event(event_type, ALICE, content, state_key)) is None


@every_version
def test_the_redact_level_does_not_keep_a_redaction_from_being_sent(version: str) -> None:
    room = Room(version)
    room.member(BOB, "join")
    room.levels(redact=100)
    redaction = room.event("m.room.redaction", BOB, {}, redacts=EventId("$a"))
    assert room.refused_by(redaction) is None


@every_version
def test_a_member_event_goes_by_rule_5_alone(version: str) -> None:
    room = Room(version)
    room.levels(events={"m.room.member": 100}, users_default=0)
    room.join_rule("public")
    assert room.judge_member(UserId(BOB), "join", BOB) is None


_TELLING_KEYS = [
    "membership",
    "third_party_invite",
    "signed",
    "join_authorised_via_users_server",
    "join_rule",
    "users",
    "users_default",
    "events",
    "notifications",
    "ban",
    "public_key",
    "public_keys",
]
_memberships = st.sampled_from(["join", "invite", "leave", "ban", "knock"])
_tables = st.dictionaries(st.sampled_from([ALICE, BOB, "m.room.message", "room"]), st.integers(-100, 100) | json_values)
_contents = st.dictionaries(st.sampled_from(_TELLING_KEYS), _memberships | _tables | json_values, max_size=5)
_types = st.sampled_from(
    ["m.room.member", "m.room.power_levels", "m.room.join_rules", "m.room.third_party_invite", "m.room.message"]
)
_state_keys = st.sampled_from([None, "", ALICE, BOB, "@", "bob"])


@every_version
@settings(max_examples=40)
@given(data=st.data())
def test_no_content_whatever_makes_the_rules_fail(version: str, data: st.DataObject) -> None:
    room = Room(version)
    for _ in range(2):
        state_key = data.draw(st.sampled_from(["", ALICE, BOB]))
        room.put(data.draw(_types), ALICE, data.draw(_contents), state_key)
    event = room.event(data.draw(_types), BOB, data.draw(_contents), data.draw(_state_keys))
    assert isinstance(room.refusal(event), Refusal | None)
