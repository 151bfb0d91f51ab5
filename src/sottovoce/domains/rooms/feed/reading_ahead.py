"""Brings what an answer about many rooms needs into memory with a few reads, instead of a few for each room."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from sottovoce.domains.changes.model import SyncAsk
from sottovoce.protocol.ids import RoomId

from ..model import HISTORY_VISIBILITY, MEMBER
from ..service import Memory, Room

PAST_STEPS = 4


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
    await _read_pasts(memory, ask, timelines, rooms)
    if is_lazy:
        await memory.events(
            [place for room in rooms for place in await _senders(memory, room, timelines[room.room_id])]
        )


async def _read_pasts(memory: Memory, ask: SyncAsk, timelines: Mapping[RoomId, list[int]], rooms: list[Room]) -> None:
    """What says who might see what, where the person came or went lately: the steps back, up to PAST_STEPS of them."""
    places: list[int] = []
    for room in rooms:
        mine = room.state.get((MEMBER, ask.user_id))
        oldest = min(timelines[room.room_id], default=0) if ask.since is None else ask.since.log
        if mine is not None and mine.position > oldest:
            visibility = room.state.get(HISTORY_VISIBILITY)
            places += [entry.position for entry in (mine, visibility) if entry is not None]
    for _ in range(PAST_STEPS):
        places = [placed.replaces for placed in await memory.events(places) if placed.replaces is not None]


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
