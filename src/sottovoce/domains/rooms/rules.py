"""Pure rules of rooms: how an event is shown, and what past states follow from present ones."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence

import msgspec

from sottovoce.protocol.events import Event, client_form
from sottovoce.protocol.globs import glob_matches
from sottovoce.protocol.ids import MAX_ID_BYTES, EventId, RoomId, UserId, is_room_id
from sottovoce.protocol.power import PowerLevels
from sottovoce.protocol.relations import REFERENCE, REPLACE, THREAD

from .model import Child, InvalidParam, Reader, StateChange, StateKey, TimelineEvent

_encode = msgspec.json.encode
_PORT = re.compile(r":[0-9]+$")
_IP_LITERAL = re.compile(r"\[.*\]|[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_ORDER = re.compile(r"[\x20-\x7E]{1,50}")
_RESTRICTED = ("restricted", "knock_restricted")
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
    if shown.txn_id is not None and shown.device_id == reader.device_id and event.sender == reader.user_id:
        unsigned = b'%b,"transaction_id":%b' % (unsigned, _encode(shown.txn_id))
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


def new_aliases(content: Mapping[str, object], former: Event | None) -> list[object]:
    """What a canonical alias event names that the one before it did not, well formed or not.

    Spec: client-server, m.room.canonical_alias.
    """
    known = [] if former is None else _aliases(former.content)
    return [alias for alias in _aliases(content) if alias not in known]


def _aliases(content: Mapping[str, object]) -> list[object]:
    alias, others = content.get("alias"), content.get("alt_aliases", [])
    return [*([alias] if alias not in (None, "") else []), *(others if isinstance(others, list) else [None])]


def without_alias(content: Mapping[str, object], alias: str) -> dict[str, object] | None:
    """What a canonical alias event says once this alias leads nowhere; None if it did not name it."""
    others = content.get("alt_aliases")
    alternatives = others if isinstance(others, list) else []
    if content.get("alias") != alias and alias not in alternatives:
        return None
    kept = {name: value for name, value in content.items() if name != "alias" or value != alias}
    if alias in alternatives:
        kept["alt_aliases"] = [other for other in alternatives if other != alias]
    return kept


def admitting_rooms(join_rules: Event | None) -> list[RoomId]:
    """The rooms whose members may come in without being invited. Spec: client-server, Restricted rooms."""
    if join_rules is None or join_rules.content.get("join_rule") not in _RESTRICTED:
        return []
    allow = join_rules.content.get("allow")
    conditions = [each for each in allow if isinstance(each, dict)] if isinstance(allow, list) else []
    named = (each.get("room_id") for each in conditions if each.get("type") == "m.room_membership")
    return [RoomId(str(room_id)) for room_id in named if is_room_id(room_id)]


def authoriser(levels: PowerLevels, candidates: Iterable[UserId]) -> UserId | None:
    """Somebody among these members who may invite, and so may stand for a join that nobody invited to; or None.

    Spec: room version 8, Authorisation rules.
    """
    return next((user for user in candidates if levels.of_user(user) >= levels.to_invite), None)


def heroes(memberships: Mapping[UserId, str], but: UserId, limit: int = 5) -> list[UserId]:
    """The people a nameless room is called after: those in it or invited; if there are none, those who left.

    memberships: in the order of their events. Spec: client-server, Calculating the display name for a room.
    """
    present = [user for user, membership in memberships.items() if membership in ("join", "invite") and user != but]
    return (present or [user for user in memberships if user != but])[:limit]


def check_server_acl(content: Mapping[str, object], server: str) -> None:
    """Nothing is wrong with a server access list, and it does not lock out the server it is set on.

    Raises InvalidParam. Spec: client-server, Server Access Control Lists.
    """
    for name in ("allow", "deny"):
        patterns = content.get(name, [])
        if not isinstance(patterns, list) or not all(isinstance(each, str) for each in patterns):
            raise InvalidParam(f"{name} of a server access list is a list of texts")
    if not isinstance(content.get("allow_ip_literals", True), bool):
        raise InvalidParam("allow_ip_literals of a server access list is true or false")
    if not _acl_lets_in(content, _PORT.sub("", server)):
        raise InvalidParam("a server access list may not lock out the server it is set on")


def _acl_lets_in(content: Mapping[str, object], host: str) -> bool:
    """Whether this server, named without its port, may take part in the room."""
    if content.get("allow_ip_literals") is False and _IP_LITERAL.fullmatch(host):
        return False
    denied, allowed = (content.get(name) for name in ("deny", "allow"))
    if isinstance(denied, list) and any(_names(pattern, host) for pattern in denied):
        return False
    return isinstance(allowed, list) and any(_names(pattern, host) for pattern in allowed)


def _names(pattern: object, host: str) -> bool:
    return isinstance(pattern, str) and len(pattern) <= MAX_ID_BYTES and glob_matches(pattern.lower(), host.lower())


def space_children(events: Iterable[TimelineEvent], suggested_only: bool) -> list[TimelineEvent]:
    """The events among these by which a space names the rooms in it, in the order in which they are shown.

    Spec: client-server, Spaces, Ordering of children within a space.
    """
    return sorted((placed for placed in events if _is_child(placed.event, suggested_only)), key=_child_order)


def _is_child(event: Event, suggested_only: bool) -> bool:
    via = event.content.get("via")
    is_valid = isinstance(via, list) and bool(via) and is_room_id(event.state_key)
    return is_valid and (not suggested_only or event.content.get("suggested") is True)


def _child_order(placed: TimelineEvent) -> tuple[bool, str, int, str]:
    event = placed.event
    order = event.content.get("order")
    is_ordered = isinstance(order, str) and _ORDER.fullmatch(order) is not None
    return not is_ordered, str(order) if is_ordered else "", event.origin_server_ts, event.state_key or ""
