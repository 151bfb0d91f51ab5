"""Pure rules of delayed events: what may be ordered, what an action comes to.

Spec: client-server, proposal 4140.
"""

from sottovoce.protocol.canonical_json import encode_canonical
from sottovoce.protocol.events.model import MAX_FIELD_BYTES, MAX_PDU_BYTES
from sottovoce.protocol.ids import is_room_id, size_bytes

from .model import Action, AlreadyFinalised, BadOrder, DelayedEvent, DelayTooLong, Limits, NoDelays, Order

MAX_TXN_ID_BYTES = 255


def check_delay(delay_ms: int, limits: Limits) -> None:
    """Raises NoDelays, BadOrder, DelayTooLong unless an event may be delayed by so much."""
    if limits.max_scheduled == 0:
        raise NoDelays
    if delay_ms <= 0:
        raise BadOrder("the delay must be more than nothing")
    if delay_ms > limits.max_delay_ms:
        raise DelayTooLong(limits.max_delay_ms)


def encoded_content(order: Order) -> bytes:
    """The content of what may be ordered. Raises BadOrder, Malformed.

    Whether the event is allowed is asked when it is sent.
    """
    if not is_room_id(order.room_id):
        raise BadOrder("this is no room id")
    for name, text, most in (
        ("type", order.type, MAX_FIELD_BYTES),
        ("state_key", order.state_key, MAX_FIELD_BYTES),
        ("transaction id", order.txn_id, MAX_TXN_ID_BYTES),
    ):
        if text is not None and (size_bytes(text) > most or "\0" in text):
            raise BadOrder(f"{name} has at most {most} bytes, and no NUL character")
    content = encode_canonical(order.content)
    if len(content) > MAX_PDU_BYTES:
        raise BadOrder(f"the content has more than {MAX_PDU_BYTES} bytes")
    return content


def is_done(delayed: DelayedEvent, action: Action) -> bool:
    """Whether nothing is left to do. Raises AlreadyFinalised if something else was done before."""
    if delayed.finalised_at_ms is None:
        return False
    was_sent = delayed.event_id is not None
    if action is (Action.SEND if was_sent else Action.CANCEL):
        return True
    raise AlreadyFinalised
