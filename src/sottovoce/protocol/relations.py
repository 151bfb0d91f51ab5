"""What an event relates to, and whether it may.

Spec: client-server, Forming relationships between events; Event replacements; Event annotations; Threading.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import EventId, size_bytes

ANNOTATION = "m.annotation"
REFERENCE = "m.reference"
REPLACE = "m.replace"
THREAD = "m.thread"

MAX_REL_TYPE_BYTES = 255
MAX_EVENT_ID_BYTES = 255


class Relation(NamedTuple):
    """How an event relates to which other."""

    rel_type: str
    event_id: EventId


def relation_of(content: Mapping[str, object]) -> Relation | None:
    """How an event with this content relates to another; None if it does not, or not in a form that counts."""
    related = content.get("m.relates_to")
    if not isinstance(related, dict):
        return None
    rel_type, event_id = related.get("rel_type"), related.get("event_id")
    if not _is_kept(rel_type, MAX_REL_TYPE_BYTES) or not _is_kept(event_id, MAX_EVENT_ID_BYTES):
        return None
    return Relation(str(rel_type), EventId(str(event_id)))


def annotation_key(content: Mapping[str, object]) -> str | None:
    """The key of an annotation, such as the emoji of a reaction; None if it has none."""
    related = content.get("m.relates_to")
    key = related.get("key") if isinstance(related, dict) else None
    return key if isinstance(key, str) else None


def may_start_thread(root: Event) -> bool:
    """Whether other events may be in a thread that begins with this one. Spec: Threading, Server behaviour."""
    return relation_of(root.content) is None


def is_valid_relation(child: Event, rel_type: str, parent: Event) -> bool:
    """Whether a relation of this kind between two events of one room counts; where it does not it is ignored."""
    if child.room_id != parent.room_id or child.event_id == parent.event_id:
        return False
    if rel_type == REPLACE:
        return _is_valid_replacement(child, parent)
    if rel_type == THREAD:
        return may_start_thread(parent)
    if rel_type == ANNOTATION:
        above = relation_of(parent.content)
        return above is None or above.rel_type not in (ANNOTATION, REPLACE)
    return True


def _is_valid_replacement(child: Event, parent: Event) -> bool:
    """Spec: client-server, Validity of replacement events. What is encrypted is taken to hold its new content."""
    if child.sender != parent.sender or child.type != parent.type:
        return False
    if child.state_key is not None or parent.state_key is not None:
        return False
    above = relation_of(parent.content)
    if above is not None and above.rel_type == REPLACE:
        return False
    return child.type == "m.room.encrypted" or isinstance(child.content.get("m.new_content"), dict)


def _is_kept(text: object, max_bytes: int) -> bool:
    return isinstance(text, str) and "\0" not in text and 0 < size_bytes(text) <= max_bytes
