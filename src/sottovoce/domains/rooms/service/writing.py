"""How events get into a room: staged one by one against the rules, then submitted together.

Staging may wait for the store; submitting does not wait at all, so that positions are handed out in commit order.
The present in memory changes when a write is submitted, ahead of its commit: the next write of the room builds on it
without waiting, and a whole group of them shares one commit. If one fails, those behind it in the room's lane fail too
and the room is read again.
"""

import asyncio
from dataclasses import dataclass

from msgspec.structs import replace

from sottovoce.domains.changes.model import Change
from sottovoce.infra.db.model import Batch, WriteFailed
from sottovoce.protocol.auth_rules import check, needed_for
from sottovoce.protocol.events import Draft, Event, build_event, client_form, redact_event
from sottovoce.protocol.ids import UserId

from ..model import CREATE, MEMBER, Membership, NotAllowed, Parent, StateEntry, StateKey, TimelineEvent, Txn
from ..ports import RoomRecord, StoredRelation, StoredState
from ..rules import AGGREGATED, is_content_equal, unsigned_fragment
from .memory import Room
from .parents import parent_of_kept, parent_of_new
from .tools import Tools


@dataclass(slots=True)
class _Staged:
    event: Event
    replaced: Event | None
    txn: Txn | None
    redacted: TimelineEvent | None = None
    parent: Parent | None = None
    """What the event relates to; of a redaction, what the redacted event related to."""


class RoomWrite:
    """One batch of events of one room, made while its lock is held."""

    def __init__(self, tools: Tools, room: Room, at_ms: int | None = None) -> None:
        self._tools = tools
        self._room = room
        self._at_ms = at_ms
        self._staged: list[_Staged] = []
        self._state: dict[StateKey, Event] = {}
        self._tip = room.tip
        self._depth = room.depth
        self._moves_people = False
        self.batch = Batch(lane=room.room_id or None, on_committed=self._tell_again, on_failed=self._forget)

    async def stage(
        self,
        sender: UserId,
        event_type: str,
        content: dict[str, object],
        state_key: str | None = None,
        txn: Txn | None = None,
    ) -> Event:
        """The event is allowed and part of this write; unchanged state is not written again.

        Raises NotAllowed, Malformed (too large, no canonical form), DuplicateAnnotation, CannotStartThread.
        """
        replaced = None if state_key is None else await self.state((event_type, state_key))
        if replaced is not None and replaced.sender == sender and is_content_equal(replaced, content):
            return replaced
        event = await self._allowed(sender, event_type, content, state_key)
        parent = await parent_of_new(self._tools, self._room, event) if "m.relates_to" in content else None
        self._add(_Staged(event, replaced, txn, parent=parent))
        return event

    async def stage_redaction(
        self, sender: UserId, target: TimelineEvent, reason: str | None, txn: Txn | None
    ) -> Event:
        """The redaction is allowed and part of this write; the target will be emptied with it. Raises NotAllowed."""
        content: dict[str, object] = {} if reason is None else {"reason": reason}
        event = await self._allowed(sender, "m.room.redaction", content, None, target)
        self._add(_Staged(event, None, txn, target, await parent_of_kept(self._tools, self._room, target.event)))
        return event

    async def state(self, key: StateKey) -> Event | None:
        """The event that holds this piece of state, as of what is staged."""
        staged = self._state.get(key)
        return staged if staged is not None else await self._tools.memory.state_event(self._room, key)

    def submit(self) -> asyncio.Future[None] | None:
        """The write has its place in the commit order and the present of the room; None if nothing is to be written.

        Raises WriteFailed if the room was dropped meanwhile.
        """
        if not self._staged:
            return None
        room, tools = self._room, self._tools
        if room.is_stale:
            raise WriteFailed
        targets: set[UserId] = set()
        for staged in self._staged:
            position = tools.changes.next_position()
            if not room.room_key:
                self._open_room(position, staged.event)
            self._write(staged, position, targets)
        # Where people come or go, whose devices concern whom changes too.
        for stream in ("rooms", "device_lists") if self._moves_people else ("rooms",):
            self.batch.announce(Change(stream, position, room.room_id, room.joined))
            outside = targets - room.joined
            if outside:
                self.batch.announce(Change(stream, position, room.room_id, outside))
        room.pending += 1
        future = tools.database.submit(self.batch)
        future.add_done_callback(self._done)
        return future

    async def _allowed(
        self,
        sender: UserId,
        event_type: str,
        content: dict[str, object],
        state_key: str | None,
        target: TimelineEvent | None = None,
    ) -> Event:
        room = self._room
        needed = needed_for(event_type, sender, state_key, content, room.version)
        held = (room.state.get(key) for key in (*needed, CREATE))
        await self._tools.memory.events([entry.position for entry in held if entry is not None])
        state = {key: event for key in needed if (event := await self.state(key)) is not None}
        auth_events = tuple(event.event_id for event in state.values())
        if event_type != "m.room.create":
            create = await self.state(CREATE)
            if create is not None:
                state[CREATE] = create
        draft = Draft(
            type=event_type,
            sender=sender,
            content=content,
            room_id=room.room_id or None,
            origin_server_ts=self._tools.clock.now_ms() if self._at_ms is None else self._at_ms,
            depth=self._depth + 1,
            prev_events=() if self._tip is None else (self._tip,),
            auth_events=auth_events,
            state_key=state_key,
            redacts=None if target is None else target.event.event_id,
        )
        event = build_event(draft, room.version, self._tools.signer)
        refusal = check(event, state, room.version)
        if refusal is not None:
            raise NotAllowed(refusal)
        return event

    def _add(self, staged: _Staged) -> None:
        event = staged.event
        self._staged.append(staged)
        self._tip, self._depth = event.event_id, event.depth
        if event.state_key is not None:
            self._state[event.type, event.state_key] = event
        if not self._room.room_id:
            self._room.room_id = event.room_id
            self.batch.lane = event.room_id

    def _open_room(self, position: int, create: Event) -> None:
        room, tools = self._room, self._tools
        room.room_key = position
        tools.store.add_room(self.batch, RoomRecord(position, create.room_id, room.version.name))
        tools.memory.add_room(room)

    def _write(self, staged: _Staged, position: int, targets: set[UserId]) -> None:
        room, tools, event = self._room, self._tools, staged.event
        key = None if event.state_key is None else (event.type, event.state_key)
        replaces = room.state.get(key) if key else None
        unsigned = unsigned_fragment(staged.replaced, None) if staged.replaced is not None else b""
        device_id, txn_id = staged.txn or (None, None)
        placed = TimelineEvent(
            position, event, client_form(event), unsigned, replaces and replaces.position, device_id, txn_id
        )
        tools.store.add_event(self.batch, room.room_key, placed)
        tools.memory.add_event(placed)
        room.add(placed)
        if key is not None:
            self._write_state(key, position, event, targets)
        if staged.redacted is not None:
            self._empty(staged.redacted, placed, staged.parent)
        elif staged.parent is not None:
            self._relate(event, position, staged.parent)

    def _relate(self, event: Event, position: int, parent: Parent) -> None:
        key, sent_at_ms = self._room.room_key, event.origin_server_ts
        place, rel_type = parent.placed.position, parent.rel_type
        row = StoredRelation(key, place, rel_type, position, event.type, event.sender, sent_at_ms)
        self._tools.relations.add(self.batch, row)
        if rel_type in AGGREGATED and not parent.placed.is_parent:
            self._tools.memory.change_event(replace(parent.placed, is_parent=True))

    def _write_state(self, key: StateKey, position: int, event: Event, targets: set[UserId]) -> None:
        room, tools = self._room, self._tools
        membership = str(event.content.get("membership")) if key[0] == MEMBER else None
        tools.store.set_state(self.batch, room.room_key, StoredState(*key, position, event.event_id, membership))
        user_id = UserId(key[1])
        was_in = user_id in room.joined
        room.set_state(key, StateEntry(position, event.event_id), membership)
        if membership is not None:
            self._moves_people |= was_in != (user_id in room.joined)
            targets.add(user_id)
            tools.store.remove_forgotten(self.batch, room.room_key, user_id)
            tools.memory.set_membership(user_id, room.room_id, Membership(membership, position))

    def _empty(self, target: TimelineEvent, redaction: TimelineEvent, parent: Parent | None) -> None:
        if self._tools.retention is not None:
            self._tools.retention.keep(self.batch, self._room, target)
        pruned = redact_event(target.event, self._room.version)
        self._tools.store.set_redacted(self.batch, target.position, redaction.position, pruned.pdu)
        unsigned = unsigned_fragment(None, redaction.event)
        self._tools.memory.change_event(replace(target, event=pruned, client=client_form(pruned), unsigned=unsigned))
        if parent is not None:
            relations, key = self._tools.relations, self._room.room_key
            relations.remove(self.batch, key, parent.placed.position, parent.rel_type, target.position)

    def _done(self, _: asyncio.Future[None]) -> None:
        self._room.pending -= 1

    def _tell_again(self) -> None:
        """What was read from the store before the commit is not what memory holds when others learn of it."""
        room, memory = self._room, self._tools.memory
        for staged in self._staged:
            if staged.redacted is not None and staged.redacted.event.state_key is not None:
                memory.drop_replacing(staged.redacted.position)
        for person in [UserId(user_id) for kind, user_id in self._state if kind == MEMBER]:
            if room.is_stale:
                memory.drop_person(person)
            else:
                membership = Membership(room.memberships[person], room.state[MEMBER, person].position)
                memory.set_membership(person, room.room_id, membership)

    def _forget(self) -> None:
        self._tools.memory.drop_room(self._room)
        for kind, user_id in self._state:
            if kind == MEMBER:
                self._tools.memory.drop_person(UserId(user_id))
        for staged in self._staged:
            if staged.redacted is not None:
                self._tools.memory.drop_event(staged.redacted.position)
