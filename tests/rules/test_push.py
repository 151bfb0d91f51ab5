"""The pure rules of counting what is unread."""

from hypothesis import given
from hypothesis import strategies as st

from sottovoce.domains.changes.model import Unread
from sottovoce.domains.push.model import Floors, Judged
from sottovoce.domains.push.rules import Tally, counted_afresh
from sottovoce.domains.receipts.model import MAIN, ReadMarks
from sottovoce.protocol.ids import UserId
from sottovoce.protocol.push_rules import Notice

ALICE = UserId("@alice:test")
BOB = UserId("@bob:test")
THREADS = (MAIN, "$one", "$two")


def judged(
    position: int,
    sender: str = BOB,
    thread_id: str = MAIN,
    *,
    notice: Notice = Notice.NOTIFY,
    for_alice: Notice | None = None,
    is_sent: bool = True,
) -> Judged:
    by_user = {} if for_alice is None else {str(ALICE): for_alice}
    return Judged(position, sender, thread_id, is_sent, notice, by_user)


def floors(unthreaded: int = 0, joined_at: int = 0, **threads: int) -> Floors:
    return Floors(ReadMarks(unthreaded, threads, 1), joined_at)


def alices(events: list[Judged], below: Floors | None = None) -> Tally:
    return counted_afresh(ALICE, below or floors(), events)


def test_messages_of_others_count_and_mentions_count_twice_over() -> None:
    events = [judged(1), judged(2, for_alice=Notice.HIGHLIGHT), judged(3, notice=Notice.NONE)]
    assert alices(events).whole() == Unread(2, 1)


def test_what_one_sends_oneself_never_counts_and_reads_what_was_before() -> None:
    assert alices([judged(1), judged(2, ALICE), judged(3)]).whole() == Unread(1, 0)


def test_state_that_one_sets_oneself_reads_nothing() -> None:
    assert alices([judged(1), judged(2, ALICE, is_sent=False)]).whole() == Unread(1, 0)


def test_nothing_up_to_an_unthreaded_receipt_counts_in_any_thread() -> None:
    events = [judged(1), judged(2, thread_id="$one"), judged(3)]
    assert alices(events, floors(unthreaded=2)).whole() == Unread(1, 0)


def test_nothing_from_before_somebody_came_in_counts() -> None:
    assert alices([judged(1), judged(2), judged(3)], floors(joined_at=2)).whole() == Unread(1, 0)


def test_a_threaded_receipt_reads_its_thread_only() -> None:
    events = [judged(1), judged(2, thread_id="$one"), judged(3, thread_id="$two")]
    main, threads = alices(events, floors(main=3)).by_thread()
    assert (main, threads) == (Unread(0, 0), {"$one": Unread(1, 0), "$two": Unread(1, 0)})


def test_sending_in_a_thread_reads_that_thread_only() -> None:
    main, threads = alices([judged(1), judged(2, thread_id="$one"), judged(3, ALICE, "$one")]).by_thread()
    assert (main, threads) == (Unread(1, 0), {})


def test_nothing_of_those_one_ignores_counts() -> None:
    events = [judged(1), judged(2, for_alice=Notice.HIGHLIGHT), judged(3, UserId("@carol:test"))]
    assert counted_afresh(ALICE, floors(), events, frozenset({str(BOB)})).whole() == Unread(1, 0)


_an_event = st.tuples(
    st.sampled_from([ALICE, BOB, UserId("@carol:test")]),
    st.sampled_from(THREADS),
    st.sampled_from(list(Notice)),
    st.sampled_from([None, *Notice]),
    st.booleans(),
)


@given(
    st.lists(_an_event, max_size=40),
    st.tuples(*[st.integers(0, 40)] * 4),
    st.integers(1, 10),
    st.lists(st.integers(0, 5), max_size=20),
)
def test_a_tally_that_goes_on_is_the_same_as_one_made_afresh(
    drawn: list[tuple[UserId, str, Notice, Notice | None, bool]],
    read: tuple[int, int, int, int],
    width: int,
    steps: list[int],
) -> None:
    events = [
        judged(position, sender, thread_id, notice=notice, for_alice=for_alice, is_sent=is_sent)
        for position, (sender, thread_id, notice, for_alice, is_sent) in enumerate(drawn, 1)
    ]
    below = Floors(ReadMarks(read[0], {MAIN: read[1], "$one": read[2]}, 1), read[3])
    tally, start, end = Tally(ALICE, below), 0, 0
    for step in steps:
        step_end = min(end + min(step, width), len(events))
        tally.add(events[end:step_end])
        step_start = max(0, step_end - width)
        tally.remove(events[start:step_start])
        start, end = step_start, step_end
        afresh = counted_afresh(ALICE, below, events[start:end])
        assert tally.by_thread() == afresh.by_thread()
        assert tally.whole() == afresh.whole()
