"""What clients keep on the server and lists are filtered by."""

import msgspec

from sottovoce.protocol.ids import RoomId

_decode = msgspec.json.Decoder().decode


def direct_rooms(content: bytes | None) -> frozenset[RoomId]:
    """The rooms that `m.direct` calls conversations with somebody; whatever is not as it should be is passed over.

    Spec: client-server, Direct Messaging.
    """
    people = None if content is None else _decode(content)
    if not isinstance(people, dict):
        return frozenset()
    lists = [rooms for rooms in people.values() if isinstance(rooms, list)]
    return frozenset(RoomId(room) for rooms in lists for room in rooms if isinstance(room, str))


def tags_in(content: bytes) -> frozenset[str]:
    """The names of the tags in an `m.tag`. Spec: client-server, Room Tagging."""
    kept = _decode(content)
    tags = kept.get("tags") if isinstance(kept, dict) else None
    return frozenset(tags) if isinstance(tags, dict) else frozenset()
