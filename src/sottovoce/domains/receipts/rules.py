"""Pure rules of receipts: which of two counts, which may be given, how they are told."""

from collections.abc import Iterable

import msgspec

from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import EventId
from sottovoce.protocol.relations import THREAD, relation_of

from .model import MAIN, NOTHING_READ, RECEIPT_TYPES, UNTHREADED, ReadMarks, Receipt

THREAD_HOPS_MAX = 3
"""How many relations are followed from an event in search of its thread."""

_encode = msgspec.json.Encoder().encode


def newest_receipt(old: Receipt | None, new: Receipt) -> Receipt:
    """Keep the receipt that points further down the timeline; the old one if both point to the same event.

    old: None for a first receipt in this thread. Both are of the same person, room, kind and thread.
    Spec: client-server, Receipts.
    """
    if old is None:
        return new
    assert old.key == new.key, "only receipts that replace each other can be compared"
    return new if new.event_position > old.event_position else old


def why_not_a_thread(thread_id: object) -> str | None:
    """Why this cannot be a receipt's `thread_id`; None if it can. Spec: client-server, Receipts."""
    if not isinstance(thread_id, str):
        return "thread_id must be a string"
    if thread_id == MAIN or (thread_id.startswith("$") and len(thread_id.encode()) <= 255 and "\0" not in thread_id):
        return None
    return "thread_id must be 'main' or the id of the thread's first event"


def next_hop(event: Event) -> tuple[EventId | None, EventId | None]:
    """(the thread the event is in, the event to ask next); both None: it is in the main timeline.

    Spec: client-server, Threaded read receipts.
    """
    relation = relation_of(event.content)
    if relation is None or event.state_key is not None:
        return None, None
    kind, target = relation
    return (target, None) if kind == THREAD else (None, target)


def read_marks(receipts: Iterable[Receipt]) -> ReadMarks:
    """How far one person has read in one room; of a public and a private receipt the one further on counts.

    Spec: client-server, Marking notifications as read.
    """
    threads: dict[str, int] = {}
    changed_at = 0
    for receipt in receipts:
        thread_id = receipt.key.thread_id
        threads[thread_id] = max(threads.get(thread_id, 0), receipt.event_position)
        changed_at = max(changed_at, receipt.position)
    return ReadMarks(threads.pop(UNTHREADED, 0), threads, changed_at) if changed_at else NOTHING_READ


def receipt_events(receipts: Iterable[Receipt]) -> list[bytes]:
    """The receipts of one room as `m.receipt` events, whole JSON objects: one event per thread.

    Spec: client-server, Receipts, Server behaviour.
    """
    threads: dict[str, dict[str, dict[str, dict[str, dict[str, object]]]]] = {}
    for receipt in receipts:
        _, user_id, receipt_type, thread_id = receipt.key
        said: dict[str, object] = {"ts": receipt.received_at_ms}
        if thread_id != UNTHREADED:
            said["thread_id"] = thread_id
        of_event = threads.setdefault(thread_id, {}).setdefault(receipt.event_id, {})
        of_event.setdefault(receipt_type, {})[user_id] = said
    return [_encode({"type": "m.receipt", "content": content}) for content in threads.values()]


def receipt_event(receipts: Iterable[Receipt]) -> bytes:
    """The receipts of one room as a single `m.receipt` event, a whole JSON object.

    It can hold one receipt of each kind for an event and a person: of several the one that is of no thread, or else
    the last. Spec: MSC3960.
    """
    content: dict[str, dict[str, dict[str, dict[str, object]]]] = {}
    for receipt in sorted(receipts, key=lambda each: (each.key.thread_id == UNTHREADED, each.position)):
        _, user_id, receipt_type, thread_id = receipt.key
        said: dict[str, object] = {"ts": receipt.received_at_ms}
        if thread_id != UNTHREADED:
            said["thread_id"] = thread_id
        content.setdefault(receipt.event_id, {}).setdefault(receipt_type, {})[user_id] = said
    return _encode({"type": "m.receipt", "content": content})


def is_receipt_type(text: str) -> bool:
    """Whether a receipt of this type is shown in `m.receipt` events."""
    return text in RECEIPT_TYPES
