"""The pure rules of presence and typing."""

import msgspec
import pytest

from sottovoce.domains.presence.model import (
    IDLE_AFTER_S,
    OFFLINE_AFTER_S,
    TYPING_MAX_MS,
    Attendance,
    SeenDevice,
    Shown,
    State,
)
from sottovoce.domains.presence.rules import (
    presence_content,
    presence_event,
    present_until_s,
    state_at,
    state_named,
    typing_event,
    typing_ms,
)
from sottovoce.protocol.ids import DeviceId, UserId

ALICE = UserId("@alice:test")


def attendance(*states: State, until_s: float = 100.0, active_at_s: float | None = 50.0) -> Attendance:
    devices = {DeviceId(str(number)): SeenDevice(state, until_s) for number, state in enumerate(states)}
    return Attendance(ALICE, devices, active_at_s)


def test_the_words_of_the_spec_are_states_and_no_others() -> None:
    assert [state_named(word) for word in ("offline", "unavailable", "online")] == list(State)
    assert state_named("busy") is None


def test_nobody_without_a_device_is_there() -> None:
    assert state_at(attendance(), 60) is State.OFFLINE


@pytest.mark.parametrize(
    ("devices", "shown"),
    [
        ([State.OFFLINE], State.OFFLINE),
        ([State.UNAVAILABLE, State.OFFLINE], State.UNAVAILABLE),
        ([State.UNAVAILABLE, State.ONLINE], State.ONLINE),
    ],
)
def test_the_best_of_several_devices_counts(devices: list[State], shown: State) -> None:
    assert state_at(attendance(*devices), 60) is shown


def test_a_device_not_seen_in_time_is_gone() -> None:
    assert state_at(attendance(State.ONLINE, until_s=100), 99.9) is State.ONLINE
    assert state_at(attendance(State.ONLINE, until_s=100), 100) is State.OFFLINE


def test_whoever_gives_no_sign_of_life_is_away_after_a_while() -> None:
    there = attendance(State.ONLINE, until_s=10_000, active_at_s=50)
    assert state_at(there, 50 + IDLE_AFTER_S - 0.1) is State.ONLINE
    assert state_at(there, 50 + IDLE_AFTER_S) is State.UNAVAILABLE
    assert state_at(attendance(State.ONLINE, active_at_s=None), 60) is State.UNAVAILABLE


def test_a_device_is_there_while_it_waits_and_a_little_longer() -> None:
    assert present_until_s(100, 30_000) == 130 + OFFLINE_AFTER_S


def test_what_is_not_known_is_left_out() -> None:
    assert presence_content(Shown(ALICE, State.OFFLINE, None, None)) == {"presence": "offline"}
    assert presence_content(Shown(ALICE, State.ONLINE, 5, "in Rome")) == {
        "presence": "online",
        "last_active_ago": 5,
        "currently_active": True,
        "status_msg": "in Rome",
    }
    assert presence_content(Shown(ALICE, State.UNAVAILABLE, 5, None))["currently_active"] is False


def test_presence_is_told_as_an_event_from_the_person() -> None:
    event = msgspec.json.decode(presence_event(Shown(ALICE, State.OFFLINE, None, None)))
    assert event == {"type": "m.presence", "sender": ALICE, "content": {"presence": "offline"}}


def test_typing_is_told_as_the_whole_list() -> None:
    event = msgspec.json.decode(typing_event({UserId("@b:test"), UserId("@a:test")}))
    assert event == {"type": "m.typing", "content": {"user_ids": ["@a:test", "@b:test"]}}


@pytest.mark.parametrize(("asked", "given"), [(None, TYPING_MAX_MS), (5_000, 5_000), (10**9, TYPING_MAX_MS), (-5, 1)])
def test_typing_lasts_as_long_as_asked_within_bounds(asked: int | None, given: int) -> None:
    assert typing_ms(asked) == given
