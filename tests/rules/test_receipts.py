"""The pure rules of receipts."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sottovoce.domains.receipts.model import MAIN, NOTHING_READ, PRIVATE, PUBLIC, UNTHREADED, Receipt, ReceiptKey
from sottovoce.domains.receipts.rules import (
    is_receipt_type,
    newest_receipt,
    next_hop,
    read_marks,
    receipt_events,
    why_not_a_thread,
)
from sottovoce.protocol.ids import EventId, RoomId, UserId
from sottovoce.protocol.relations import relation_of
from tests.protocol.builders import ALICE, BOB, Room


def a_receipt(
    event_position: int,
    *,
    user_id: UserId = ALICE,
    receipt_type: str = PUBLIC,
    thread_id: str = UNTHREADED,
    position: int = 100,
) -> Receipt:
    key = ReceiptKey(RoomId("!room"), user_id, receipt_type, thread_id)
    return Receipt(key, EventId(f"${event_position}"), event_position, 1_000, position)


def test_a_first_receipt_counts() -> None:
    first = a_receipt(5)
    assert newest_receipt(None, first) is first


@given(st.integers(1, 50), st.integers(1, 50))
def test_of_two_receipts_the_one_further_down_counts_whatever_the_order(one: int, other: int) -> None:
    old, new = a_receipt(one), a_receipt(other)
    assert newest_receipt(old, new).event_position == max(one, other)
    assert newest_receipt(new, old).event_position == max(one, other)


def test_a_repeated_receipt_changes_nothing() -> None:
    old = a_receipt(5, position=10)
    assert newest_receipt(old, a_receipt(5, position=11)) is old


def test_receipts_of_different_threads_are_never_compared() -> None:
    with pytest.raises(AssertionError):
        newest_receipt(a_receipt(5), a_receipt(6, thread_id=MAIN))


@pytest.mark.parametrize("thread_id", [None, 5, "", "side", ["main"], "$" + "x" * 255])
def test_what_is_neither_main_nor_an_event_id_is_no_thread(thread_id: object) -> None:
    assert why_not_a_thread(thread_id) is not None


@pytest.mark.parametrize("thread_id", ["main", "$root"])
def test_main_and_event_ids_are_threads(thread_id: str) -> None:
    assert why_not_a_thread(thread_id) is None


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"m.relates_to": "$root"},
        {"m.relates_to": {"m.in_reply_to": {"event_id": "$a"}}},
        {"m.relates_to": {"rel_type": 1, "event_id": "$a"}},
        {"m.relates_to": {"rel_type": "m.thread"}},
    ],
)
def test_a_broken_relation_is_none(content: dict[str, object]) -> None:
    assert relation_of(content) is None


def test_an_event_of_a_thread_names_it_and_others_lead_on() -> None:
    room = Room()
    threaded = room.event("m.room.message", ALICE, {"m.relates_to": {"rel_type": "m.thread", "event_id": "$root"}})
    edit = room.event("m.room.message", ALICE, {"m.relates_to": {"rel_type": "m.replace", "event_id": "$said"}})
    plain = room.event("m.room.message", ALICE, {"body": "hello"})
    assert next_hop(threaded) == ("$root", None)
    assert next_hop(edit) == (None, "$said")
    assert next_hop(plain) == (None, None)


def test_state_is_in_no_thread() -> None:
    content: dict[str, object] = {"m.relates_to": {"rel_type": "m.thread", "event_id": "$root"}}
    assert next_hop(Room().event("m.room.topic", ALICE, content, "")) == (None, None)


def test_who_has_no_receipt_has_read_nothing() -> None:
    assert read_marks([]) is NOTHING_READ


def test_of_the_public_and_the_private_receipt_the_one_further_on_counts_in_each_thread() -> None:
    marks = read_marks(
        [
            a_receipt(5, position=11),
            a_receipt(7, receipt_type=PRIVATE, position=12),
            a_receipt(9, thread_id=MAIN, position=14),
            a_receipt(8, thread_id=MAIN, receipt_type=PRIVATE, position=13),
        ]
    )
    assert marks == (7, {MAIN: 9}, 14)


def test_receipts_are_told_in_one_event_per_thread() -> None:
    events = receipt_events(
        [
            a_receipt(5),
            a_receipt(5, user_id=BOB),
            a_receipt(6, user_id=BOB, receipt_type=PRIVATE),
            a_receipt(5, thread_id=MAIN),
        ]
    )
    assert [msgspec.json.decode(event) for event in events] == [
        {
            "type": "m.receipt",
            "content": {
                "$5": {PUBLIC: {ALICE: {"ts": 1000}, BOB: {"ts": 1000}}},
                "$6": {PRIVATE: {BOB: {"ts": 1000}}},
            },
        },
        {"type": "m.receipt", "content": {"$5": {PUBLIC: {ALICE: {"ts": 1000, "thread_id": "main"}}}}},
    ]


def test_the_fully_read_marker_is_no_receipt() -> None:
    assert [is_receipt_type(it) for it in (PUBLIC, PRIVATE, "m.fully_read")] == [True, True, False]
