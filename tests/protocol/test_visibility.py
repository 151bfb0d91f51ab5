import pytest

from sottovoce.protocol.visibility import Moment, may_see_at, may_see_event

SHARED_BY_DEFAULT = ["shared", None, "nonsense"]
ALL = ["world_readable", *SHARED_BY_DEFAULT, "invited", "joined"]
OUTSIDE = ["leave", "ban", "knock"]


def _sees(visibility: str | None, membership: str, *, joined_later: bool = False) -> bool:
    return may_see_at(Moment(visibility, membership), joined_later=joined_later)


@pytest.mark.parametrize("membership", ["join", "invite", *OUTSIDE])
def test_rule_1_everyone_sees_what_is_world_readable(membership: str) -> None:
    assert _sees("world_readable", membership)


@pytest.mark.parametrize("visibility", ALL)
def test_rule_2_members_see_what_happens_while_they_are_in(visibility: str | None) -> None:
    assert _sees(visibility, "join")


@pytest.mark.parametrize("visibility", SHARED_BY_DEFAULT)
@pytest.mark.parametrize("membership", ["invite", *OUTSIDE])
def test_rule_3_shared_history_is_seen_by_those_who_join_later_only(visibility: str | None, membership: str) -> None:
    assert _sees(visibility, membership, joined_later=True)
    assert not _sees(visibility, membership, joined_later=False)


@pytest.mark.parametrize("joined_later", [True, False])
def test_rule_4_the_invited_see_from_their_invitation_where_the_room_says_so(joined_later: bool) -> None:
    assert _sees("invited", "invite", joined_later=joined_later)
    assert not _sees("joined", "invite", joined_later=joined_later)


@pytest.mark.parametrize("visibility", ["invited", "joined"])
@pytest.mark.parametrize("membership", OUTSIDE)
def test_rule_5_joining_later_opens_no_history_that_was_closed(visibility: str, membership: str) -> None:
    assert not _sees(visibility, membership, joined_later=True)


@pytest.mark.parametrize("visibility", ALL)
@pytest.mark.parametrize(
    ("before", "after"), [("leave", "join"), ("invite", "join"), ("join", "leave"), ("join", "ban")]
)
def test_people_always_see_their_own_joining_and_leaving(visibility: str | None, before: str, after: str) -> None:
    assert may_see_event(Moment(visibility, before), Moment(visibility, after), joined_later=False)


def test_an_invited_user_sees_the_invitation_where_visibility_starts_with_it() -> None:
    assert may_see_event(Moment("invited", "leave"), Moment("invited", "invite"), joined_later=False)
    assert not may_see_event(Moment("joined", "leave"), Moment("joined", "invite"), joined_later=False)


@pytest.mark.parametrize(("before", "after"), [("world_readable", "joined"), ("joined", "world_readable")])
def test_strangers_see_visibility_open_and_close(before: str, after: str) -> None:
    assert may_see_event(Moment(before, "leave"), Moment(after, "leave"), joined_later=False)


def test_strangers_do_not_see_visibility_change_between_closed_settings() -> None:
    assert not may_see_event(Moment("joined", "leave"), Moment("invited", "leave"), joined_later=True)


def test_shared_history_counts_on_either_side_of_a_change() -> None:
    assert may_see_event(Moment("joined", "leave"), Moment("shared", "leave"), joined_later=True)
    assert not may_see_event(Moment("joined", "leave"), Moment("shared", "leave"), joined_later=False)
