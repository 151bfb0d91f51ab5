import pytest

from sottovoce.protocol.auth_rules.view import RoomView
from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.power import CREATOR_LEVEL

from ..builders import ALICE, BOB, Room


def _view(room: Room) -> RoomView:
    return RoomView(room.create, room.state, room.version)


def test_a_user_never_heard_of_has_left() -> None:
    room = Room()
    room.member(BOB, "invite")
    assert [_view(room).membership(user) for user in (ALICE, BOB, "@nobody:x")] == ["join", "invite", "leave"]


def test_a_room_that_does_not_say_is_joined_by_invitation() -> None:
    room = Room()
    assert _view(room).join_rule() == "invite"
    room.join_rule("public")
    assert _view(room).join_rule() == "public"


def test_power_is_that_of_the_state() -> None:
    room = Room()
    room.levels(users={BOB: 7})
    assert (_view(room).power.of_user(BOB), _view(room).power.of_user(ALICE)) == (7, CREATOR_LEVEL)


@pytest.mark.parametrize(("version", "rule"), [("12", "6"), ("11", "5")])
def test_refusals_are_numbered_for_the_rooms_version(version: str, rule: str) -> None:
    assert _view(Room(version)).refuse("6", "why") == Refusal(rule, "why")
