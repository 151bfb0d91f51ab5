"""Delayed events, what may be asked of them, and how they refuse."""

from enum import Enum
from typing import NamedTuple

import msgspec

from sottovoce.protocol.ids import DeviceId, EventId, RoomId, UserId


class Limits(NamedTuple):
    """The longest delay, and how many events one person may have scheduled at a time; 0: none at all."""

    max_delay_ms: int
    max_scheduled: int


class Action(Enum):
    """What may be done with a scheduled event."""

    SEND = "send"
    CANCEL = "cancel"
    RESTART = "restart"


class Order(NamedTuple):
    """What somebody asks to be sent later.

    txn_id: repeated, it is scheduled once. sent_at_ms: what it shall say of its time; None: when it is sent.
    """

    user_id: UserId
    device_id: DeviceId
    txn_id: str | None
    room_id: RoomId
    type: str
    state_key: str | None
    content: dict[str, object]
    sent_at_ms: int | None = None


class DelayedEvent(msgspec.Struct, frozen=True):
    """An order that was taken, and what became of it."""

    delay_id: str
    order: Order
    delay_ms: int
    delayed_since_ms: int
    finalised_at_ms: int | None = None
    event_id: EventId | None = None
    error: msgspec.Raw | None = None

    @property
    def due_at_ms(self) -> int:
        return self.delayed_since_ms + self.delay_ms


class DelayNotFound(Exception):
    """There is no such delayed event, as far as this person may know."""


class BadOrder(Exception):
    """What shall be sent, or when, has not the form it must have; `why` says what is wrong."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class DelayTooLong(Exception):
    """The delay is longer than this server takes."""

    def __init__(self, max_delay_ms: int) -> None:
        super().__init__(f"The longest delay is {max_delay_ms} milliseconds")
        self.max_delay_ms = max_delay_ms


class NoDelays(Exception):
    """This server delays no events."""


class TooManyDelayed(Exception):
    """The person has as many events scheduled as they may."""

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__("You have as many delayed events scheduled as you may")
        self.retry_after_ms = retry_after_ms


class AlreadyFinalised(Exception):
    """The event was sent or cancelled before, so that nothing else can be done with it."""
