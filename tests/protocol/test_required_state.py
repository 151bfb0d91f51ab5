"""What state a sliding sync asks for. Spec: MSC4186, RequiredStateRequest."""

import pytest

from sottovoce.protocol.required_state import RequiredState, StateElement, StateSelection, required_state

NAME = ("m.room.name", "")
CREATE = ("m.room.create", "")
ALICE = ("m.room.member", "@alice:test")
BOB = ("m.room.member", "@bob:test")
STATE = dict.fromkeys((NAME, CREATE, ALICE, BOB), 1)


def selecting(
    *include: StateElement, exclude: tuple[StateElement, ...] = (), lazy_members: bool = False
) -> StateSelection:
    return StateSelection(frozenset(include), frozenset(exclude), lazy_members)


@pytest.mark.parametrize(
    ("element", "matched"),
    [
        (("m.room.name", ""), {NAME}),
        (("m.room.member", None), {ALICE, BOB}),
        ((None, "@bob:test"), {BOB}),
        ((None, ""), {NAME, CREATE}),
        ((None, None), {NAME, CREATE, ALICE, BOB}),
        (("m.room.name", "x"), set()),
    ],
)
def test_an_element_matches_what_it_names_and_anything_where_it_names_nothing(
    element: StateElement, matched: set[object]
) -> None:
    assert set(required_state([selecting(element)]).of(STATE)) == matched


def test_nothing_is_asked_for_where_nothing_is_included() -> None:
    assert RequiredState().of(STATE) == {}
    assert required_state([selecting(exclude=((None, None),))]).of(STATE) == {}


@pytest.mark.parametrize("element", [CREATE, ("m.room.create", None), (None, ""), (None, None)])
def test_what_is_excluded_is_left_out(element: StateElement) -> None:
    asked = required_state([selecting((None, None), CREATE, exclude=(element,))])
    assert CREATE not in asked.of(STATE)


def test_members_that_come_lazily_are_not_in_a_wildcard() -> None:
    assert set(required_state([selecting((None, None), lazy_members=True)]).of(STATE)) == {NAME, CREATE}
    assert required_state([selecting(("m.room.member", None), lazy_members=True)]).of(STATE) == {}


@pytest.mark.parametrize("element", [ALICE, (None, "@alice:test")])
def test_members_named_by_themselves_come_beside_the_lazy_ones(element: StateElement) -> None:
    assert set(required_state([selecting((None, None), element, lazy_members=True)]).of(STATE)) == {NAME, CREATE, ALICE}


def test_together_they_ask_for_whatever_one_of_them_asks_for() -> None:
    asked = required_state([selecting((None, None), exclude=(CREATE,)), selecting(CREATE)])
    assert set(asked.of(STATE)) == {NAME, CREATE, ALICE, BOB}


def test_members_come_lazily_unless_somebody_asks_for_all_of_them() -> None:
    lazy = selecting((None, None), lazy_members=True)
    assert required_state([lazy]).is_lazy
    assert required_state([lazy, selecting(NAME)]).is_lazy
    assert not required_state([selecting((None, None))]).is_lazy
    assert not required_state([lazy, selecting(("m.room.member", None))]).is_lazy
    assert not required_state([lazy, selecting((None, None))]).is_lazy
    assert required_state([lazy, selecting((None, None), lazy_members=True)]).is_lazy


def test_equal_questions_are_the_same_object() -> None:
    assert required_state([selecting(NAME), selecting(CREATE)]) is required_state([selecting(CREATE), selecting(NAME)])
