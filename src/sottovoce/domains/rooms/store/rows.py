"""The rows of rooms."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.events import Event, client_form, parse_pdu
from sottovoce.protocol.ids import EventId, RoomId, UserId
from sottovoce.protocol.room_versions import room_version

from ..model import Membership, StateChange, StateKey, TimelineEvent, Txn
from ..ports import RoomRecord, StoredState
from ..rules import unsigned_fragment

_LIST_ROOMS = Query(
    "SELECT r.room_key, r.room_id, r.version, {array:position:SELECT e.position FROM events e"
    " WHERE e.room_key = r.room_key ORDER BY e.position DESC LIMIT $2} FROM rooms r WHERE r.room_id IN {list:$1:text}"
)
_LIST_STATE = Query(
    "SELECT room_key, type, state_key, position, event_id, membership FROM room_state"
    " WHERE room_key IN {list:$1:bigint} ORDER BY position"
)
_LIST_MEMBERSHIPS = Query(
    "SELECT r.room_id, s.membership, s.position, f.room_key FROM room_state s JOIN rooms r ON r.room_key = s.room_key"
    " LEFT JOIN forgotten_rooms f ON f.user_id = $1 AND f.room_key = s.room_key"
    " WHERE s.state_key = $1 AND s.membership IS NOT NULL AND s.type = 'm.room.member'"
)
_EVENT_COLUMNS = (
    "SELECT e.position, e.event_id, e.pdu, e.replaces, e.device_id, e.txn_id, r.version,"
    " EXISTS (SELECT 1 FROM relations l WHERE l.room_key = e.room_key AND l.parent = e.position"
    " AND l.rel_type IN ('m.replace', 'm.thread', 'm.reference')),"
    " p.event_id, p.pdu, b.event_id, b.pdu FROM events e JOIN rooms r ON r.room_key = e.room_key"
    " LEFT JOIN events p ON p.position = e.replaces LEFT JOIN events b ON b.position = e.redacted_by"
)
_FIND_EVENT = Query(f"{_EVENT_COLUMNS} WHERE e.event_id = $1")
_FIND_POSITION = Query("SELECT room_key, position FROM events WHERE event_id = $1")
_LIST_EVENTS = Query(f"{_EVENT_COLUMNS} WHERE e.position IN {{list:$1:bigint}} ORDER BY e.position")
_AFTER = Query(
    "SELECT position FROM events WHERE room_key = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4"
)
_BEFORE = Query(
    "SELECT position FROM events WHERE room_key = $1 AND position <= $2 AND position > $3"
    " ORDER BY position DESC LIMIT $4"
)
_LOG_AFTER = Query("SELECT position FROM events WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3")
_LOG = Query(
    "SELECT position, room_key FROM events WHERE position > $2 AND position <= $3 AND type IN {list:$1:text}"
    " ORDER BY position LIMIT $4"
)
_NEWEST = Query(
    "SELECT r.room_id FROM rooms r WHERE r.room_id IN {list:$1:text}"
    " AND EXISTS (SELECT 1 FROM events e WHERE e.room_key = r.room_key AND e.position > $2)"
)
_NEWEST_POSITIONS = Query(
    "SELECT r.room_id, (SELECT MAX(e.position) FROM events e WHERE e.room_key = r.room_key AND e.position <= $2)"
    " FROM rooms r WHERE r.room_id IN {list:$1:text}"
)
_STATE_PLACES = Query(
    "SELECT r.room_id, s.position FROM rooms r JOIN room_state s ON s.room_key = r.room_key"
    " WHERE r.room_id IN {list:$1:text} AND s.type = $2 AND s.state_key = $3"
)
_STATE_CHANGES = Query(
    "SELECT position, type, state_key, replaces FROM events"
    " WHERE room_key = $1 AND state_key IS NOT NULL AND position > $2 AND position <= $3 ORDER BY position"
)
_STATE_HISTORY = Query(
    "SELECT position FROM events WHERE room_key = $1 AND type = $2 AND state_key = $3 AND position <= $4"
    " ORDER BY position"
)
_TRANSACTION = Query(
    "SELECT event_id, pdu FROM events WHERE txn_id = $1 AND device_id = $2 AND room_key = $3 AND type = $4"
)
_FORGOTTEN = Query("SELECT 1 FROM forgotten_rooms WHERE user_id = $1 AND room_key = $2")

_ADD_ROOM = Statement("rooms", "INSERT INTO rooms (room_key, room_id, version) VALUES ($1, $2, $3)")
_ADD_EVENT = Statement(
    "events",
    "INSERT INTO events (position, room_key, event_id, type, state_key, replaces, device_id, txn_id, pdu)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
)
_SET_STATE = Statement(
    "room_state",
    "INSERT INTO room_state (room_key, type, state_key, position, event_id, membership) VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (room_key, type, state_key) DO UPDATE SET"
    " position = excluded.position, event_id = excluded.event_id, membership = excluded.membership",
)
_SET_REDACTED = Statement("events", "UPDATE events SET redacted_by = $2, pdu = $3 WHERE position = $1")
_ADD_FORGOTTEN = Statement(
    "forgotten_rooms", "INSERT INTO forgotten_rooms (user_id, room_key) VALUES ($1, $2) ON CONFLICT DO NOTHING"
)
_REMOVE_FORGOTTEN = Statement("forgotten_rooms", "DELETE FROM forgotten_rooms WHERE user_id = $1 AND room_key = $2")


class _Sender(msgspec.Struct):
    sender: UserId


_decode_sender = msgspec.json.Decoder(_Sender).decode
_positions = msgspec.json.Decoder(list[int]).decode


class RoomRows:
    """Implements ports.RoomStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_rooms(self, room_ids: Sequence[RoomId], tail: int) -> list[RoomRecord]:
        rows = await self._database.all(_LIST_ROOMS, room_ids, tail)
        return [
            RoomRecord(room_key, room_id, version, _positions(newest)) for room_key, room_id, version, newest in rows
        ]

    async def list_state(self, room_keys: Sequence[int]) -> dict[int, list[StoredState]]:
        states: dict[int, list[StoredState]] = {room_key: [] for room_key in room_keys}
        for room_key, *state in await self._database.all(_LIST_STATE, room_keys):
            states[room_key].append(StoredState(*state))
        return states

    async def list_memberships(self, user_id: UserId) -> dict[RoomId, Membership]:
        rows = await self._database.all(_LIST_MEMBERSHIPS, user_id)
        return {room: Membership(what, position, forgotten is not None) for room, what, position, forgotten in rows}

    async def find_event(self, event_id: EventId) -> TimelineEvent | None:
        row = await self._database.one(_FIND_EVENT, event_id) if _may_be_kept(event_id) else None
        return None if row is None else _timeline_event(row)

    async def find_position(self, event_id: EventId) -> tuple[int, int] | None:
        row = await self._database.one(_FIND_POSITION, event_id) if _may_be_kept(event_id) else None
        return None if row is None else (row[0], row[1])

    async def list_events(self, positions: Sequence[int]) -> list[TimelineEvent]:
        return [_timeline_event(row) for row in await self._database.all(_LIST_EVENTS, positions)]

    async def positions_after(self, room_key: int, after: int, until: int, limit: int) -> list[int]:
        return [row[0] for row in await self._database.all(_AFTER, room_key, after, until, limit)]

    async def positions_before(self, room_key: int, until: int, after: int, limit: int) -> list[int]:
        return [row[0] for row in await self._database.all(_BEFORE, room_key, until, after, limit)]

    async def log_after(self, after: int, until: int, limit: int) -> list[int]:
        return [row[0] for row in await self._database.all(_LOG_AFTER, after, until, limit)]

    async def list_log(self, types: Collection[str], after: int, until: int, limit: int) -> list[tuple[int, int]]:
        rows = await self._database.all_in_thread(_LOG, list(types), after, until, limit)
        return [(position, room_key) for position, room_key in rows]

    async def list_newest(self, room_ids: Iterable[RoomId], after: int) -> list[RoomId]:
        return [row[0] for row in await self._database.all(_NEWEST, list(room_ids), after)]

    async def list_newest_positions(self, room_ids: Sequence[RoomId], until: int) -> dict[RoomId, int]:
        rows = await self._database.all(_NEWEST_POSITIONS, room_ids, until)
        return {room_id: position for room_id, position in rows if position is not None}

    async def list_state_places(self, room_ids: Sequence[RoomId], key: StateKey) -> dict[RoomId, int]:
        rows = await self._database.all(_STATE_PLACES, room_ids, *key)
        return {row[0]: row[1] for row in rows}

    async def state_changes_after(self, room_key: int, after: int, until: int) -> list[StateChange]:
        rows = await self._database.all(_STATE_CHANGES, room_key, after, until)
        return [StateChange(position, (kind, key), replaces) for position, kind, key, replaces in rows]

    async def state_history(self, room_key: int, key: StateKey, until: int) -> list[int]:
        return [row[0] for row in await self._database.all(_STATE_HISTORY, room_key, *key, until)]

    async def find_transaction(self, room_key: int, sender: UserId, event_type: str, txn: Txn) -> EventId | None:
        for event_id, pdu in await self._database.all(_TRANSACTION, txn.txn_id, txn.device_id, room_key, event_type):
            if _decode_sender(pdu).sender == sender:
                return EventId(event_id)
        return None

    async def is_forgotten(self, room_key: int, user_id: UserId) -> bool:
        return await self._database.one(_FORGOTTEN, user_id, room_key) is not None

    def add_room(self, batch: Batch, room: RoomRecord) -> None:
        batch.write(_ADD_ROOM, room.room_key, room.room_id, room.version)

    def add_event(self, batch: Batch, room_key: int, event: TimelineEvent) -> None:
        pdu = event.event
        batch.write(
            _ADD_EVENT,
            event.position,
            room_key,
            pdu.event_id,
            pdu.type,
            pdu.state_key,
            event.replaces,
            event.device_id,
            event.txn_id,
            pdu.pdu,
        )

    def set_state(self, batch: Batch, room_key: int, state: StoredState) -> None:
        batch.write(_SET_STATE, room_key, *state)

    def set_redacted(self, batch: Batch, position: int, redacted_by: int, pdu: bytes) -> None:
        batch.write(_SET_REDACTED, position, redacted_by, pdu)

    def add_forgotten(self, batch: Batch, room_key: int, user_id: UserId) -> None:
        batch.write(_ADD_FORGOTTEN, user_id, room_key)

    def remove_forgotten(self, batch: Batch, room_key: int, user_id: UserId) -> None:
        batch.write(_REMOVE_FORGOTTEN, user_id, room_key)


def _may_be_kept(text: str) -> bool:
    """Whether PostgreSQL takes the text even as a question: contents of events name others as they like."""
    return "\0" not in text


def _timeline_event(row: tuple[Any, ...]) -> TimelineEvent:
    position, event_id, pdu, replaces, device_id, txn_id, version_name, is_parent, *others = row
    version = room_version(version_name)
    replaced_id, replaced_pdu, redaction_id, redaction_pdu = others
    replaced = None if replaced_id is None else _parsed(replaced_id, replaced_pdu, version_name)
    redaction = None if redaction_id is None else _parsed(redaction_id, redaction_pdu, version_name)
    event = parse_pdu(pdu, version, event_id)
    unsigned = unsigned_fragment(replaced, redaction)
    return TimelineEvent(position, event, client_form(event), unsigned, replaces, device_id, txn_id, bool(is_parent))


def _parsed(event_id: EventId, pdu: bytes, version_name: str) -> Event:
    return parse_pdu(pdu, room_version(version_name), event_id)
