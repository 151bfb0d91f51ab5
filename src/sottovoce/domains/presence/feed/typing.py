"""Typing in /sync: `m.typing` among each room's ephemeral events."""

from sottovoce.domains.changes.model import SyncAnswer, SyncAsk

from ..service import Typing


class TypingFeed:
    """Implements changes.ports.Feed."""

    stream = "typing"

    def __init__(self, typing: Typing) -> None:
        self._typing = typing

    async def contribute(self, ask: SyncAsk, answer: SyncAnswer) -> None:
        """The answer's rooms say who types in them, where that changed in (since, now]."""
        rooms, ephemeral = ask.filter.room, ask.filter.room.ephemeral
        if not ephemeral.matches("m.typing", ""):
            return
        wanted = {room for room in answer.joined_rooms if rooms.room_matches(room) and ephemeral.room_matches(room)}
        since = ask.since
        is_same_run = since is not None and since.epoch == ask.now.epoch
        whole = answer.new_rooms & wanted if is_same_run else wanted
        events = self._typing.events(whole, None)
        if since is not None and is_same_run and ask.has_moved(self.stream):
            moved = ask.rooms_moved(self.stream)
            rest = (wanted if moved is None else wanted & moved) - whole
            events |= self._typing.events(rest, since.live)
        for room_id, event in events.items():
            answer.room(room_id).ephemeral.append(event)
