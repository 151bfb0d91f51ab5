"""Receipts and what is read from them."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from sottovoce.protocol.ids import EventId, RoomId, UserId

PUBLIC = "m.read"
PRIVATE = "m.read.private"
FULLY_READ = "m.fully_read"
RECEIPT_TYPES = (PUBLIC, PRIVATE)

UNTHREADED = ""
MAIN = "main"


class ReceiptKey(NamedTuple):
    """What a person has one receipt for. thread_id: UNTHREADED, MAIN or the id of the thread's root."""

    room_id: RoomId
    user_id: UserId
    receipt_type: str
    thread_id: str


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """Somebody has read up to and including an event, which stands at `event_position`.

    position: where the receipt itself stands among all changes.
    """

    key: ReceiptKey
    event_id: EventId
    event_position: int
    received_at_ms: int
    position: int


class ReadMarks(NamedTuple):
    """How far one person has read in one room, publicly or not.

    unthreaded: the position everything up to which is read. threads: the same within the main timeline or a thread.
    changed_at: the position of the newest of these receipts. All are 0 where there is none.
    """

    unthreaded: int
    threads: Mapping[str, int]
    changed_at: int


NOTHING_READ = ReadMarks(0, {}, 0)
