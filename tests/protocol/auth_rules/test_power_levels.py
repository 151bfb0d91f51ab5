import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..builders import ALICE, BOB, CAROL, FAR_DAVE, VERSIONS, Content, Room, numbered

every_version = pytest.mark.parametrize("version", VERSIONS)

NAMED = ["users_default", "events_default", "state_default", "ban", "redact", "kick", "invite"]
TABLES = ["events", "notifications"]


def _room(version: str, **levels: object) -> Room:
    """A room in which bob stands at 50 and may send power levels."""
    room = Room(version)
    room.member(BOB, "join")
    users = levels.pop("users", {})
    assert isinstance(users, dict)
    events = levels.pop("events", {})
    assert isinstance(events, dict)
    room.levels(users={BOB: 50, **users}, events={"m.room.power_levels": 0, **events}, **levels)
    return room


def _judge_change(room: Room, **changes: object) -> str | None:
    """What the rules say to bob changing these keys; a table is merged, and None takes a key away."""
    content: Content = dict(room.state["m.room.power_levels", ""].content)
    for key, change in changes.items():
        before = content.get(key)
        merged = {**before, **change} if isinstance(before, dict) and isinstance(change, dict) else change
        if isinstance(merged, dict):
            merged = {name: level for name, level in merged.items() if level is not None}
        content[key] = merged
    content = {key: value for key, value in content.items() if value is not None}
    return room.refused_by(room.event("m.room.power_levels", BOB, content, ""))


def _judge_first(version: str, content: Content) -> str | None:
    room = Room(version)
    return room.refused_by(room.event("m.room.power_levels", ALICE, content, ""))


@every_version
@pytest.mark.parametrize("key", NAMED)
@pytest.mark.parametrize("value", ["50", None, True, [], {}])
def test_rule_10_1_asks_for_integers(version: str, key: str, value: object) -> None:
    assert _judge_first(version, {key: value}) == numbered(version, "10.1")
    assert _judge_first(version, {key: 50}) is None


@every_version
@pytest.mark.parametrize("key", TABLES)
@pytest.mark.parametrize("value", [[], "x", None, {"a": "50"}, {"a": None}, {"a": True}, {"a": {}}])
def test_rule_10_2_asks_for_objects_of_integers(version: str, key: str, value: object) -> None:
    assert _judge_first(version, {key: value}) == numbered(version, "10.2")
    assert _judge_first(version, {key: {"a": 50}}) is None


@every_version
@pytest.mark.parametrize("users", [[], None, {"bob": 50}, {BOB: "50"}, {BOB: True}, {"@x": 1}])
def test_rule_10_3_asks_for_user_ids_with_integers(version: str, users: object) -> None:
    assert _judge_first(version, {"users": users}) == numbered(version, "10.3")
    assert _judge_first(version, {"users": {BOB: 50, "@Straße:x": 1}}) is None


@pytest.mark.parametrize("creator", [ALICE, CAROL])
def test_rule_10_4_lets_no_creators_level_be_set_from_version_12(creator: str) -> None:
    for version in VERSIONS:
        room = Room(version, create={"additional_creators": [CAROL]})
        event = room.event("m.room.power_levels", ALICE, {"users": {creator: 100}}, "")
        assert room.refused_by(event) == ("10.4" if version == "12" else None)


@every_version
def test_rule_10_5_lets_the_first_power_levels_say_anything(version: str) -> None:
    assert _judge_first(version, {"ban": 1_000, "users": {BOB: 1_000}, "events": {"m.x": 1_000}}) is None


@every_version
@pytest.mark.parametrize("key", NAMED)
@pytest.mark.parametrize(("current", "new", "rule"), [(51, 10, "10.6.1"), (51, None, "10.6.1"), (50, 10, None)])
def test_rule_10_6_1_keeps_levels_above_the_sender_as_they_are(
    version: str, key: str, current: int, new: int | None, rule: str | None
) -> None:
    room = _room(version, **{key: current})
    assert _judge_change(room, **{key: new}) == (rule and numbered(version, rule))


@every_version
@pytest.mark.parametrize("key", NAMED)
@pytest.mark.parametrize(("current", "new", "rule"), [(10, 51, "10.6.2"), (None, 51, "10.6.2"), (10, 50, None)])
def test_rule_10_6_2_raises_no_level_above_the_sender(
    version: str, key: str, current: int | None, new: int, rule: str | None
) -> None:
    room = _room(version, **({} if current is None else {key: current}))
    assert _judge_change(room, **{key: new}) == (rule and numbered(version, rule))


@every_version
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("current", "new", "rule"), [(51, 10, "10.7.1"), (51, None, "10.7.1"), (50, 10, None)])
def test_rule_10_7_1_keeps_table_entries_above_the_sender_as_they_are(
    version: str, table: str, current: int, new: int | None, rule: str | None
) -> None:
    room = _room(version, **{table: {"m.x": current}})
    assert _judge_change(room, **{table: {"m.x": new}}) == (rule and numbered(version, rule))


@every_version
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("current", "new", "rule"), [(10, 51, "10.8.1"), (None, 51, "10.8.1"), (10, 50, None)])
def test_rule_10_8_1_raises_no_table_entry_above_the_sender(
    version: str, table: str, current: int | None, new: int, rule: str | None
) -> None:
    room = _room(version, **{table: {} if current is None else {"m.x": current}})
    assert _judge_change(room, **{table: {"m.x": new}}) == (rule and numbered(version, rule))


@every_version
@pytest.mark.parametrize(
    ("current", "new", "rule"), [(50, 10, "10.9.1"), (51, None, "10.9.1"), (49, 10, None), (49, None, None)]
)
def test_rule_10_9_1_touches_only_users_below_the_sender(
    version: str, current: int, new: int | None, rule: str | None
) -> None:
    room = _room(version, users={CAROL: current})
    assert _judge_change(room, users={CAROL: new}) == (rule and numbered(version, rule))


@every_version
@pytest.mark.parametrize(("own", "rule"), [(10, None), (None, None), (51, "10.10.1")])
def test_rule_10_9_1_lets_the_sender_step_down_but_not_up(version: str, own: int | None, rule: str | None) -> None:
    assert _judge_change(_room(version), users={BOB: own}) == (rule and numbered(version, rule))


@every_version
@pytest.mark.parametrize(("current", "new", "rule"), [(None, 51, "10.10.1"), (10, 51, "10.10.1"), (10, 50, None)])
def test_rule_10_10_1_raises_no_user_above_the_sender(
    version: str, current: int | None, new: int, rule: str | None
) -> None:
    room = _room(version, users={} if current is None else {CAROL: current})
    assert _judge_change(room, users={CAROL: new}) == (rule and numbered(version, rule))


@every_version
def test_entries_that_stay_as_they_are_may_stand_above_the_sender(version: str) -> None:
    room = _room(version, ban=90, users={CAROL: 90}, events={"m.x": 90}, notifications={"room": 90})
    assert _judge_change(room, invite=10) is None


@every_version
def test_other_keys_of_the_content_are_free(version: str) -> None:
    assert _judge_change(_room(version), **{"org.example": {"a": "b"}}) is None


_levels = st.dictionaries(st.sampled_from(["ban", "kick", "invite"]), st.integers(0, 100))
_users = st.dictionaries(st.sampled_from([CAROL, FAR_DAVE]), st.integers(0, 100))


@given(before=_levels, before_users=_users, after=_levels, after_users=_users)
def test_no_allowed_change_touches_anything_above_the_sender(
    before: dict[str, object], before_users: dict[str, object], after: dict[str, object], after_users: dict[str, object]
) -> None:
    room = _room("12", users=before_users, **before)
    content = {**after, "users": {BOB: 50, **after_users}, "events": {"m.room.power_levels": 0}}
    if room.refused_by(room.event("m.room.power_levels", BOB, content, "")) is None:
        changed = [
            (old.get(key), new.get(key))
            for old, new in ((before, after), (before_users, after_users))
            for key in {*old, *new}
            if old.get(key) != new.get(key)
        ]
        assert all(isinstance(level, int) and level <= 50 for pair in changed for level in pair if level is not None)
