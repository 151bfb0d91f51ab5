"""Unread counts in /sync, and the push rules as account data.

Counts appear beside what changes them: new events of a room, the person's own receipts, other push rules, and
other people to ignore.
"""

import msgspec

from sottovoce.domains.changes.model import JoinedRoom, SyncAnswer, SyncAsk
from sottovoce.protocol.ids import RoomId

from .rules import Tally
from .service import PushRules, UnreadCounts

_encode = msgspec.json.Encoder().encode
_IGNORED = b'{"type":"m.ignored_user_list"'


class PushFeed:
    """Implements changes.ports.Feed. Has to be asked after all others."""

    stream = "push"

    def __init__(self, counts: UnreadCounts, rules: PushRules) -> None:
        self._counts = counts
        self._rules = rules

    async def contribute(self, ask: SyncAsk, answer: SyncAnswer) -> None:
        """The answer's rooms say how much is unread, where that may have changed in (since, now]."""
        have_changed = await self._have_rules_changed(ask)
        if (ask.since is None or have_changed) and ask.filter.account_data.matches("m.push_rules", ask.user_id):
            content = {"global": await self._rules.all(ask.user_id)}
            answer.account_data.append(_encode({"type": "m.push_rules", "content": content}))
        rooms = await self._rooms(ask, answer)
        if have_changed or any(event.startswith(_IGNORED) for event in answer.account_data):
            rooms |= {room_id for room_id in answer.joined_rooms if ask.filter.room.room_matches(room_id)}
        if not rooms:
            return
        by_thread = ask.filter.room.timeline.unread_thread_notifications
        tallies = await self._counts.count(ask.user_id, rooms, ask.now.log)
        for room_id, tally in tallies.items():
            _tell(answer.room(room_id), tally, by_thread=by_thread)

    async def _have_rules_changed(self, ask: SyncAsk) -> bool:
        if ask.since is None or not ask.has_moved("push_rules"):
            return False
        return (await self._rules.known(ask.user_id)).position > ask.since.log

    async def _rooms(self, ask: SyncAsk, answer: SyncAnswer) -> set[RoomId]:
        joined, since = answer.joined_rooms, ask.since
        in_answer = {room_id for room_id in answer.rooms if room_id in joined}
        if since is None:
            return in_answer
        rooms = {room_id for room_id in in_answer if answer.rooms[room_id].timeline or room_id in answer.new_rooms}
        if ask.has_moved("receipts"):
            moved = ask.rooms_moved("receipts")
            rest = {
                room for room in (joined if moved is None else moved & joined) if ask.filter.room.room_matches(room)
            }
            marks = await self._counts.read_marks(ask.user_id, rest - rooms)
            rooms.update(room_id for room_id, mark in marks.items() if mark.changed_at > since.log)
        return rooms


def _tell(room: JoinedRoom, tally: Tally, *, by_thread: bool) -> None:
    if by_thread:
        room.unread, threads = tally.by_thread()
        room.unread_threads = threads or None
    else:
        room.unread = tally.whole()
