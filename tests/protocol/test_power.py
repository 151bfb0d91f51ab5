import pytest

from sottovoce.protocol.ids import UserId
from sottovoce.protocol.power import CREATOR_LEVEL, PowerLevels

from .builders import ALICE, BOB, CAROL, FAR_DAVE, VERSIONS, Room


def _power(room: Room) -> PowerLevels:
    return PowerLevels.in_state(room.state, room.version)


@pytest.mark.parametrize("version", VERSIONS)
def test_without_a_power_levels_event_the_defaults_hold(version: str) -> None:
    power = _power(Room(version))
    assert power.of_user(BOB) == 0
    assert power.to_send("m.room.message", is_state=False) == 0
    assert power.to_send("m.room.topic", is_state=True) == 50
    assert (power.to_invite, power.to_kick, power.to_ban, power.to_redact) == (0, 50, 50, 50)
    assert power.to_notify("room") == 50


@pytest.mark.parametrize(("version", "level"), [("10", 100), ("11", 100), ("12", CREATOR_LEVEL)])
def test_without_a_power_levels_event_the_creator_may_everything(version: str, level: int) -> None:
    assert _power(Room(version)).of_user(ALICE) == level


@pytest.mark.parametrize("version", VERSIONS)
def test_an_empty_power_levels_event_leaves_the_defaults(version: str) -> None:
    room = Room(version)
    room.levels()
    power = _power(room)
    assert power.of_user(BOB) == 0
    assert power.to_send("m.room.message", is_state=False) == 0
    assert power.to_send("m.room.topic", is_state=True) == 50
    assert (power.to_invite, power.to_kick, power.to_ban, power.to_redact) == (0, 50, 50, 50)


@pytest.mark.parametrize(("version", "level"), [("10", 0), ("11", 0), ("12", CREATOR_LEVEL)])
def test_a_power_levels_event_takes_from_the_creator_only_before_version_12(version: str, level: int) -> None:
    room = Room(version)
    room.levels(users={BOB: 100})
    assert _power(room).of_user(ALICE) == level


@pytest.mark.parametrize("version", VERSIONS)
def test_what_the_event_says_holds(version: str) -> None:
    room = Room(version)
    room.levels(
        users={BOB: 70},
        users_default=5,
        events={"m.room.topic": 1, "m.room.message": 2},
        events_default=3,
        state_default=4,
        invite=6,
        kick=7,
        ban=8,
        redact=9,
        notifications={"room": 10},
    )
    power = _power(room)
    assert (power.of_user(BOB), power.of_user(CAROL)) == (70, 5)
    assert power.to_send("m.room.topic", is_state=True) == 1
    assert power.to_send("m.room.message", is_state=False) == 2
    assert power.to_send("m.reaction", is_state=False) == 3
    assert power.to_send("m.room.name", is_state=True) == 4
    assert (power.to_invite, power.to_kick, power.to_ban, power.to_redact) == (6, 7, 8, 9)
    assert (power.to_notify("room"), power.to_notify("other")) == (10, 50)


def test_values_that_are_no_integers_count_as_absent() -> None:
    room = Room()
    room.levels(users={BOB: "70"}, users_default=True, events=[], kick="1", notifications=None)
    power = _power(room)
    assert power.of_user(BOB) == 0
    assert power.to_kick == 50
    assert power.to_send("m.room.message", is_state=False) == 0
    assert power.to_notify("room") == 50


@pytest.mark.parametrize(("version", "creators"), [("10", {ALICE}), ("11", {ALICE}), ("12", {ALICE, BOB})])
def test_additional_creators_exist_from_version_12(version: str, creators: set[str]) -> None:
    power = _power(Room(version, create={"additional_creators": [BOB]}))
    assert power.creators() == creators
    assert (power.of_user(BOB) == CREATOR_LEVEL) == (BOB in creators)


def test_in_version_10_the_creator_is_the_one_content_names() -> None:
    power = _power(Room("10", create={"creator": BOB}))
    assert power.creators() == {BOB}
    assert (power.of_user(BOB), power.of_user(ALICE)) == (100, 0)


def test_a_list_of_creators_that_is_no_list_adds_nobody() -> None:
    assert _power(Room(create={"additional_creators": "x"})).creators() == {ALICE}


@pytest.mark.parametrize(
    ("redactor", "author", "applies"),
    [
        (BOB, CAROL, True),
        (BOB, FAR_DAVE, False),
        (FAR_DAVE, BOB, False),
        (ALICE, FAR_DAVE, True),
        (FAR_DAVE, FAR_DAVE, True),
    ],
)
def test_a_redaction_takes_effect_by_power_or_within_one_server(
    redactor: UserId, author: UserId, applies: bool
) -> None:
    assert _power(Room()).redaction_applies(redactor, author) is applies


@pytest.mark.parametrize(("level", "others"), [(50, True), (49, False)])
def test_people_may_redact_their_own_events_and_with_the_level_those_of_others(level: int, others: bool) -> None:
    room = Room()
    room.levels(users={BOB: level})
    assert _power(room).may_redact(BOB, BOB)
    assert _power(room).may_redact(BOB, CAROL) is others
    assert _power(room).may_redact(BOB, FAR_DAVE) is others


@pytest.mark.parametrize(("level", "applies"), [(50, True), (49, False)])
def test_a_redaction_across_servers_takes_effect_at_the_redact_level(level: int, applies: bool) -> None:
    room = Room()
    room.levels(users={BOB: level})
    assert _power(room).redaction_applies(BOB, FAR_DAVE) is applies


def test_no_level_an_event_can_hold_reaches_a_creator() -> None:
    room = Room()
    room.levels(users={BOB: 2**53 - 1})
    assert _power(room).of_user(BOB) < _power(room).of_user(ALICE)
