"""Events: how they are built, read and shown.

An event is encoded once, when it is built or received; everything later cuts its bytes and joins them.
"""

from sottovoce.protocol.events.build import build_event
from sottovoce.protocol.events.forms import client_form, stripped_form
from sottovoce.protocol.events.model import MAX_PDU_BYTES, Draft, Event
from sottovoce.protocol.events.parse import parse_pdu, redact_event

__all__ = [
    "MAX_PDU_BYTES",
    "Draft",
    "Event",
    "build_event",
    "client_form",
    "parse_pdu",
    "redact_event",
    "stripped_form",
]
