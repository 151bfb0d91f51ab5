"""Writing the answer of a sliding sync, in its merged form and in the one before. Spec: MSC4186, Response Body."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from sottovoce.domains.changes.model import Hero, RoomNews, Unread
from sottovoce.domains.sync.model import KeyNews, SlidingAnswer
from sottovoce.http.client.sliding_request import Asked
from sottovoce.protocol.ids import RoomId

_encode = msgspec.json.encode


class Wording(NamedTuple):
    """What fields are called, and which there are."""

    stripped_state: bytes
    expanded_timeline: bytes
    tells_membership: bool
    """And the lists that match a room."""


MERGED = Wording(b"stripped_state", b"expanded_timeline", tells_membership=True)
UNSTABLE = Wording(b"invite_state", b"unstable_expanded_timeline", tells_membership=False)


def written(answer: SlidingAnswer, wording: Wording, asked: Asked) -> bytes:
    """The body of the answer; what has nothing to say is left out, but for the lists' lengths."""
    rooms = {room_id: _room(answer, room_id, news, wording) for room_id, news in answer.rooms.items()}
    for room_id, unread in answer.unread.items():
        rooms.setdefault(room_id, b"{%b}" % _unread(unread))
    counts = {name: {"count": count} for name, count in answer.counts.items()}
    parts = [b'"pos":%b' % _encode(answer.pos), b'"lists":%b' % _encode(counts), b'"rooms":%b' % _object(rooms)]
    parts.append(b'"extensions":%b' % _object(_extensions(answer, asked.extension_names)))
    if asked.txn_id is not None:
        parts.append(b'"txn_id":%b' % _encode(asked.txn_id))
    return b"{%b}" % b",".join(parts)


def _room(answer: SlidingAnswer, room_id: RoomId, news: RoomNews, wording: Wording) -> bytes:
    parts = _facts(news)
    if wording.tells_membership:
        if news.membership is not None:
            parts.append(b'"membership":%b' % _encode(news.membership))
        if lists := answer.room_lists.get(room_id):
            parts.append(b'"lists":%b' % _encode(lists))
    if news.expanded_timeline:
        parts.append(b'"%b":true' % wording.expanded_timeline)
    if news.required_state:
        parts.append(b'"required_state":%b' % _array(news.required_state))
    if news.stripped is not None:
        parts.append(b'"%b":%b' % (wording.stripped_state, _array(news.stripped)))
    if news.timeline or news.prev_batch is not None:
        parts.append(b'"timeline":%b,"num_live":%d' % (_array(news.timeline), news.num_live))
    if news.limited:
        parts.append(b'"limited":true')
    if news.prev_batch is not None:
        parts.append(b'"prev_batch":"%b"' % news.prev_batch.encode())
    if room_id in answer.unread:
        parts.append(_unread(answer.unread[room_id]))
    return b"{%b}" % b",".join(parts)


def _facts(news: RoomNews) -> list[bytes]:
    """What the room is called and how it stands, where that is new; of a room told whole, what it has."""
    parts = [b'"initial":true'] if news.initial else []
    for name, text in ((b"name", news.name), (b"avatar", news.avatar)):
        if text is not UNSET and not (text is None and news.initial):
            parts.append(b'"%b":%b' % (name, _encode(text)))
    if news.heroes is not None and (news.heroes or not news.initial):
        parts.append(b'"heroes":%b' % _encode([_hero(hero) for hero in news.heroes]))
    if news.is_direct is not None:
        parts.append(b'"is_dm":%b' % _encode(news.is_direct))
    numbers = (
        (b"bump_stamp", news.bump_stamp),
        (b"joined_count", news.joined_count),
        (b"invited_count", news.invited_count),
    )
    return parts + [b'"%b":%d' % (name, number) for name, number in numbers if number is not None]


def _hero(hero: Hero) -> dict[str, str]:
    return {name: text for name, text in hero._asdict().items() if text is not None}


def _unread(unread: Unread) -> bytes:
    return b'"notification_count":%d,"highlight_count":%d' % (unread.notifications, unread.highlights)


def _extensions(answer: SlidingAnswer, names: Mapping[str, str]) -> dict[str, bytes]:
    """The sections that have something to say, each under the name by which it was asked for."""
    sections: dict[str, bytes] = {}
    if answer.to_device is not None:
        next_batch, events = answer.to_device
        sections["to_device"] = b'{"next_batch":%b,"events":%b}' % (_encode(next_batch), _array(events))
    if answer.keys is not None:
        sections["e2ee"] = _keys(answer.keys)
    if answer.account_data or answer.room_account_data:
        rooms = {room_id: _array(events) for room_id, events in answer.room_account_data.items()}
        sections["account_data"] = b'{"global":%b,"rooms":%b}' % (_array(answer.account_data), _object(rooms))
    if answer.receipts:
        sections["receipts"] = b'{"rooms":%b}' % _object(answer.receipts)
    if answer.typing:
        sections["typing"] = b'{"rooms":%b}' % _object(answer.typing)
    return {names[extension]: section for extension, section in sections.items()}


def _keys(keys: KeyNews) -> bytes:
    body: dict[str, object] = {
        "device_one_time_keys_count": keys.one_time_keys,
        "device_unused_fallback_key_types": keys.unused_fallback_keys,
    }
    if keys.device_lists is not None:
        lists = keys.device_lists
        body["device_lists"] = {"changed": sorted(lists.changed), "left": sorted(lists.left)}
    return _encode(body)


def _array(events: Iterable[bytes]) -> bytes:
    return b"[%b]" % b",".join(events)


def _object(members: Mapping[RoomId, bytes] | Mapping[str, bytes]) -> bytes:
    return b"{%b}" % b",".join(b"%b:%b" % (_encode(name), member) for name, member in members.items())
