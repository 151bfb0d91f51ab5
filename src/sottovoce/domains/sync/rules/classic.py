"""How an answer is written down: pieces that are JSON already, joined."""

from collections.abc import Iterable, Mapping

import msgspec

from sottovoce.domains.changes.model import JoinedRoom, SyncAnswer, Unread
from sottovoce.protocol.ids import RoomId

_encode = msgspec.json.encode


def encoded(answer: SyncAnswer, next_batch: str, *, state_after: bool) -> bytes:
    """The body of a /sync answer; sections without content are left out. Spec: client-server, GET /sync."""
    sections = [b'"next_batch":"%b"' % next_batch.encode()]
    if answer.account_data:
        sections.append(b'"account_data":%b' % _events(answer.account_data))
    if answer.presence:
        sections.append(b'"presence":%b' % _events(answer.presence))
    sections += _keys(answer)
    rooms = _rooms(answer, state_after)
    if rooms:
        sections.append(b'"rooms":{%b}' % b",".join(rooms))
    return b"{%b}" % b",".join(sections)


def _keys(answer: SyncAnswer) -> list[bytes]:
    """Spec: client-server, Send-to-Device messaging; End-to-end encryption, Extensions to /sync."""
    sections = []
    if answer.to_device:
        sections.append(b'"to_device":%b' % _events(answer.to_device))
    if not answer.device_lists.is_empty:
        lists = {"changed": sorted(answer.device_lists.changed), "left": sorted(answer.device_lists.left)}
        sections.append(b'"device_lists":%b' % _encode(lists))
    if answer.one_time_keys is not None:
        sections.append(b'"device_one_time_keys_count":%b' % _encode(answer.one_time_keys))
    if answer.unused_fallback_keys is not None:
        sections.append(b'"device_unused_fallback_key_types":%b' % _encode(answer.unused_fallback_keys))
    return sections


def _rooms(answer: SyncAnswer, state_after: bool) -> list[bytes]:
    joined = {room: _room(part, state_after) for room, part in answer.rooms.items() if part.membership == "join"}
    left = {room: _room(part, state_after) for room, part in answer.rooms.items() if part.membership == "leave"}
    invited = {room: b'{"invite_state":%b}' % _events(state) for room, state in answer.invited.items()}
    knocked = {room: b'{"knock_state":%b}' % _events(state) for room, state in answer.knocked.items()}
    named = ((b"join", joined), (b"leave", left), (b"invite", invited), (b"knock", knocked))
    return [b'"%b":{%b}' % (name, _members(parts)) for name, parts in named if parts]


def _room(room: JoinedRoom, state_after: bool) -> bytes:
    parts = []
    if room.timeline or room.prev_batch is not None:
        parts.append(b'"timeline":%b' % _timeline(room))
    if room.state or room.prev_batch is not None or state_after:
        parts.append(b'"%b":%b' % (b"state_after" if state_after else b"state", _events(room.state)))
    if room.ephemeral:
        parts.append(b'"ephemeral":%b' % _events(room.ephemeral))
    if room.account_data:
        parts.append(b'"account_data":%b' % _events(room.account_data))
    if room.unread is not None:
        parts.append(b'"unread_notifications":%b' % _unread(room.unread))
    if room.unread_threads is not None:
        threads = {thread: _unread(unread) for thread, unread in room.unread_threads.items()}
        parts.append(b'"unread_thread_notifications":{%b}' % _members(threads))
    if room.summary is not None:
        parts.append(b'"summary":%b' % _encode(room.summary))
    return b"{%b}" % b",".join(parts)


def _timeline(room: JoinedRoom) -> bytes:
    prev_batch = b"" if room.prev_batch is None else b',"prev_batch":"%b"' % room.prev_batch.encode()
    limited = b"true" if room.limited else b"false"
    return b'{"events":[%b],"limited":%b%b}' % (b",".join(room.timeline), limited, prev_batch)


def _unread(unread: Unread) -> bytes:
    return b'{"notification_count":%d,"highlight_count":%d}' % (unread.notifications, unread.highlights)


def _events(events: Iterable[bytes]) -> bytes:
    return b'{"events":[%b]}' % b",".join(events)


def _members(parts: Mapping[RoomId, bytes] | Mapping[str, bytes]) -> bytes:
    return b",".join(b"%b:%b" % (_encode(name), part) for name, part in parts.items())
