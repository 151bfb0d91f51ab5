"""The pure rules of delayed events."""

import pytest

from sottovoce.domains.delayed.model import (
    Action,
    AlreadyFinalised,
    BadOrder,
    DelayedEvent,
    DelayTooLong,
    Limits,
    NoDelays,
    Order,
)
from sottovoce.domains.delayed.rules import check_delay, encoded_content, is_done
from sottovoce.protocol.ids import DeviceId, EventId, RoomId, UserId

LIMITS = Limits(max_delay_ms=1_000, max_scheduled=3)
ORDER = Order(UserId("@alice:test"), DeviceId("A"), "t", RoomId("!room:test"), "it.own", None, {"b": 1, "a": 2})


def test_a_delay_has_bounds() -> None:
    check_delay(1, LIMITS)
    check_delay(1_000, LIMITS)
    with pytest.raises(BadOrder):
        check_delay(0, LIMITS)
    with pytest.raises(DelayTooLong):
        check_delay(1_001, LIMITS)
    with pytest.raises(NoDelays):
        check_delay(1, LIMITS._replace(max_scheduled=0))


def test_what_is_ordered_has_a_form_that_can_be_sent() -> None:
    assert encoded_content(ORDER) == b'{"a":2,"b":1}'
    for odd in (
        ORDER._replace(room_id=RoomId("room")),
        ORDER._replace(type="x" * 256),
        ORDER._replace(state_key="\0"),
        ORDER._replace(txn_id="x" * 256),
        ORDER._replace(content={"a": "x" * 70_000}),
    ):
        with pytest.raises(BadOrder):
            encoded_content(odd)


def test_done_again_the_same_is_done_and_anything_else_is_too_late() -> None:
    scheduled = DelayedEvent("d", ORDER, 10, 100)
    sent = DelayedEvent("d", ORDER, 10, 100, 110, EventId("$a"))
    cancelled = DelayedEvent("d", ORDER, 10, 100, 105)
    assert scheduled.due_at_ms == 110
    assert not any(is_done(scheduled, action) for action in Action)
    assert is_done(sent, Action.SEND)
    assert is_done(cancelled, Action.CANCEL)
    for delayed, action in (
        (sent, Action.CANCEL),
        (sent, Action.RESTART),
        (cancelled, Action.SEND),
        (cancelled, Action.RESTART),
    ):
        with pytest.raises(AlreadyFinalised):
            is_done(delayed, action)
