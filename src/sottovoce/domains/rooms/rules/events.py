"""Pure rules of rooms: how an event is shown, and what past states follow from present ones."""

from collections.abc import Container, Iterable, Mapping, Sequence

import msgspec

from sottovoce.protocol.events import Event, client_form
from sottovoce.protocol.ids import EventId, UserId
from sottovoce.protocol.relations import REFERENCE, REPLACE, THREAD

from ..model import DELAYED_DEVICE, Child, Reader, StateChange, StateKey, TimelineEvent

_encode = msgspec.json.encode
_encode_sorted = msgspec.json.Encoder(order="sorted").encode
AGGREGATED = frozenset({REPLACE, THREAD, REFERENCE})
"""The relations that are told with the event they point to."""
MAX_ANSWERED_EVENTS = 1000
"""The most events of one page of a timeline, whatever a client asks for."""


def unsigned_fragment(replaced: Event | None, redaction: Event | None) -> bytes:
    """What an event's `unsigned` says about others: the state it replaced, the redaction that emptied it.

    Spec: client-server, Room event format, UnsignedData.
    """
    parts = []
    if replaced is not None:
        content, sender = _encode(replaced.content), _encode(replaced.sender)
        parts.append(
            b'"prev_content":%b,"prev_sender":%b,"replaces_state":"%b"' % (content, sender, replaced.event_id.encode())
        )
    if redaction is not None:
        parts.append(b'"redacted_because":%b,"room_id":"%b"}' % (client_form(redaction), redaction.room_id.encode()))
    return b",".join(parts)


def in_sync(
    shown: TimelineEvent, reader: Reader, now_ms: int, membership: bytes = b"join", relations: bytes = b""
) -> bytes:
    """The event as /sync shows it: a whole JSON object, without room_id.

    membership: the reader's in the room at the event. relations: made by relations_fragment.
    Spec: client-server, Room event format.
    """
    return b'%b,"unsigned":{%b}}' % (shown.client, _unsigned(shown, reader, now_ms, membership, relations))


def in_federation(
    shown: TimelineEvent, reader: Reader, now_ms: int, membership: bytes = b"join", relations: bytes = b""
) -> bytes:
    """The event as it goes from server to server, with its id. Spec: client-server, Filtering, event_format."""
    return b'%b,"event_id":"%b"}' % (shown.event.pdu[:-1], shown.event.event_id.encode())


def with_room_id(
    shown: TimelineEvent, reader: Reader, now_ms: int, membership: bytes = b"join", relations: bytes = b""
) -> bytes:
    """The event as every other endpoint shows it: a whole JSON object. Spec: client-server, Room event format."""
    unsigned = _unsigned(shown, reader, now_ms, membership, relations)
    return b'%b,"room_id":"%b","unsigned":{%b}}' % (shown.client, shown.event.room_id.encode(), unsigned)


def for_app_service(shown: TimelineEvent, now_ms: int) -> bytes:
    """The event as an app service is told of it, which is nobody in the room: a whole JSON object.

    Spec: application-service, Pushing events.
    """
    event = shown.event
    unsigned = b'"age":%d' % max(0, now_ms - event.origin_server_ts)
    if shown.unsigned:
        unsigned = b"%b,%b" % (unsigned, shown.unsigned)
    return b'%b,"room_id":"%b","unsigned":{%b}}' % (shown.client, event.room_id.encode(), unsigned)


def _unsigned(shown: TimelineEvent, reader: Reader, now_ms: int, membership: bytes, relations: bytes) -> bytes:
    event = shown.event
    unsigned = b'"age":%d,"membership":"%b"' % (max(0, now_ms - event.origin_server_ts), membership)
    if shown.unsigned:
        unsigned = b"%b,%b" % (unsigned, shown.unsigned)
    if shown.txn_id is not None and event.sender == reader.user_id:
        if shown.device_id == reader.device_id:
            unsigned = b'%b,"transaction_id":%b' % (unsigned, _encode(shown.txn_id))
        elif shown.device_id == DELAYED_DEVICE:
            delay_id = _encode(shown.txn_id)
            unsigned = b'%b,"delay_id":%b,"org.matrix.msc4140.delay_id":%b' % (unsigned, delay_id, delay_id)
    return b"%b,%b" % (unsigned, relations) if relations else unsigned


def is_redacted(placed: TimelineEvent) -> bool:
    """Whether the event, which is no state, was redacted."""
    return placed.unsigned.startswith(b'"redacted_because"')


def family(children: Iterable[Child], visible: Container[int]) -> dict[str, list[Child]]:
    """The children at visible positions, by the kind of their relation; their totals count what is not visible out."""
    seen: dict[str, list[Child]] = {}
    hidden: dict[str, int] = {}
    for child in children:
        if child.position in visible:
            seen.setdefault(child.rel_type, []).append(child)
        else:
            hidden[child.rel_type] = hidden.get(child.rel_type, 0) + 1
    return {
        kind: [child._replace(total=child.total - hidden.get(kind, 0)) for child in each] for kind, each in seen.items()
    }


def newest_edits(edits: Sequence[Child]) -> list[int]:
    """The positions of the edits with the latest time. Of several the largest event id is the newest.

    Spec: client-server, Server-side aggregation of m.replace relationships.
    """
    sent_at_ms = max(edit.sent_at_ms for edit in edits)
    return [edit.position for edit in edits if edit.sent_at_ms == sent_at_ms]


def relations_fragment(
    kinds: Mapping[str, Sequence[Child]],
    edit: bytes | None,
    latest_in_thread: bytes | None,
    event_ids: Mapping[int, EventId],
    is_root_mine: bool,
) -> bytes:
    """What `unsigned` says of the events that relate to one; empty if there is nothing to say.

    edit, latest_in_thread: encoded events. event_ids: of those that refer to it. is_root_mine: the reader sent it.
    Spec: client-server, Aggregations of child events, and the pages of each kind.
    """
    parts = [] if edit is None else [b'"m.replace":%b' % edit]
    thread = kinds.get(THREAD)
    if thread and latest_in_thread is not None:
        takes_part = _encode(is_root_mine or thread[0].is_mine)
        count = thread[0].total
        parts.append(
            b'"m.thread":{"latest_event":%b,"count":%d,"current_user_participated":%b}'
            % (latest_in_thread, count, takes_part)
        )
    chunk = [{"event_id": event_ids[child.position]} for child in kinds.get(REFERENCE, ())]
    if chunk:
        parts.append(b'"m.reference":{"chunk":%b}' % _encode(chunk))
    return b'"m.relations":{%b}' % b",".join(parts) if parts else b""


def rolled_back(positions: Mapping[StateKey, int], changes: Iterable[StateChange]) -> dict[StateKey, int]:
    """The state as it was before `changes`, which are all those since then, in ascending order of position."""
    earlier = dict(positions)
    for change in sorted(changes, key=lambda change: change.position, reverse=True):
        if change.replaces is None:
            earlier.pop(change.key, None)
        else:
            earlier[change.key] = change.replaces
    return earlier


def last_per_key(changes: Iterable[StateChange]) -> dict[StateKey, int]:
    """For each piece of state that changed, the position of its last change; `changes` ascend."""
    return {change.key: change.position for change in changes}


def is_content_equal(event: Event | None, content: Mapping[str, object]) -> bool:
    """Whether setting this content would change nothing. (To Python true is 1, to JSON it is not.)"""
    return event is not None and event.content == content and _encode_sorted(event.content) == _encode_sorted(content)


def heroes(memberships: Mapping[UserId, str], but: UserId, limit: int = 5) -> list[UserId]:
    """The people a nameless room is called after: those in it or invited; if there are none, those who left.

    memberships: in the order of their events. Spec: client-server, Calculating the display name for a room.
    """
    present = [user for user, membership in memberships.items() if membership in ("join", "invite") and user != but]
    return (present or [user for user in memberships if user != but])[:limit]
