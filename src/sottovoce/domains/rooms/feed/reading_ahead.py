"""Brings what an answer about many rooms needs into memory with a few reads, instead of a few for each room."""

from collections.abc import Iterator, Sequence
from itertools import islice

from sottovoce.domains.changes.model import SyncAsk
from sottovoce.protocol.ids import RoomId

from ..model import MEMBER
from ..service import Memory, Room


def batched(room_ids: Sequence[RoomId], size: int) -> Iterator[Sequence[RoomId]]:
    """The rooms, so many at a time."""
    return (room_ids[start : start + size] for start in range(0, len(room_ids), size))


async def read_ahead(memory: Memory, ask: SyncAsk, room_ids: Sequence[RoomId]) -> None:
    """The rooms and the events that an answer about them will most likely show are in memory."""
    await memory.load_rooms(room_ids)
    rooms = [room for room_id in room_ids if (room := await memory.room(room_id)) is not None]
    timelines = {room.room_id: _timeline(ask, room) for room in rooms}
    is_whole = ask.since is None or ask.full_state
    is_lazy = ask.filter.room.state.lazy_load_members
    positions = [position for timeline in timelines.values() for position in timeline]
    if is_whole:
        positions += [
            entry.position for room in rooms for key, entry in room.state.items() if not is_lazy or key[0] != MEMBER
        ]
    await memory.events(positions)
    if is_lazy:
        await memory.events(
            [place for room in rooms for place in await _senders(memory, room, timelines[room.room_id])]
        )


def _timeline(ask: SyncAsk, room: Room) -> list[int]:
    """The newest positions of the room that the answer may show."""
    after = 0 if ask.since is None else ask.since.log
    wanted = ask.filter.room.timeline.limit_events + 1
    return [position for position in islice(reversed(room.tail), wanted) if after < position <= ask.now.log]


async def _senders(memory: Memory, room: Room, timeline: Sequence[int]) -> list[int]:
    """Where the membership events of those who sent these events stand."""
    senders = {placed.event.sender for placed in await memory.events(timeline)}
    entries = (room.state.get((MEMBER, sender)) for sender in senders)
    return [entry.position for entry in entries if entry is not None]
