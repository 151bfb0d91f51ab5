"""What may be told of a room to people who are not in it."""

from collections.abc import Iterable, Mapping

from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import RoomId, UserId, is_room_alias

from ..model import (
    CANONICAL_ALIAS,
    CREATE,
    HISTORY_VISIBILITY,
    JOIN_RULES,
    AliasNotFound,
    RoomNotFound,
    RoomSummary,
    StateKey,
)
from ..rules import admitting_rooms
from .membership import Memberships
from .memory import Room

_NAME, _TOPIC, _AVATAR = ("m.room.name", ""), ("m.room.topic", ""), ("m.room.avatar", "")
_GUEST_ACCESS, _ENCRYPTION = ("m.room.guest_access", ""), ("m.room.encryption", "")
_TOLD = (
    CREATE,
    _NAME,
    _TOPIC,
    _AVATAR,
    CANONICAL_ALIAS,
    JOIN_RULES,
    HISTORY_VISIBILITY,
    _GUEST_ACCESS,
    _ENCRYPTION,
)
_OPEN_TO_ALL = frozenset({"public", "knock", "knock_restricted"})

State = Mapping[StateKey, Event]


class Summaries(Memberships):
    """Sums rooms up. Spec: client-server, Room summary; Spaces."""

    async def summary(self, room_id_or_alias: str, user_id: UserId | None) -> tuple[RoomSummary, str | None]:
        """The room in short, and what the person is to it. user_id None: somebody who is not signed in.

        Raises RoomNotFound, also where they may not know of it; Malformed.
        Spec: client-server, GET /room_summary/{roomIdOrAlias}.
        """
        try:
            room = await self.memory.room(await self.resolve(room_id_or_alias))
        except AliasNotFound:
            raise RoomNotFound from None
        if room is None or not await self.may_know_of(room, user_id):
            raise RoomNotFound
        return await self.summary_of(room), self._membership_in(room, user_id)

    async def summaries(self, room_ids: Iterable[RoomId]) -> list[RoomSummary]:
        """Those of the rooms that exist, in short. Who may know of them is not asked."""
        room_ids = list(room_ids)
        await self.memory.load_rooms(room_ids)
        rooms = [room for room_id in room_ids if (room := await self.memory.room(room_id)) is not None]
        places = [room.state[key].position for room in rooms for key in _TOLD if key in room.state]
        await self.memory.events(places)
        return [await self.summary_of(room) for room in rooms]

    async def may_know_of(self, room: Room, user_id: UserId | None) -> bool:
        """Whether the person is in the room, could come in, could ask to, or could read along.

        Spec: client-server, GET /rooms/{roomId}/hierarchy.
        """
        membership = self._membership_in(room, user_id)
        if membership in ("join", "invite"):
            return True
        visibility = await self.memory.state_event(room, HISTORY_VISIBILITY)
        if _text(visibility, "history_visibility") == "world_readable":
            return True
        if membership == "ban":
            return False
        rules = await self.memory.state_event(room, JOIN_RULES)
        if _text(rules, "join_rule") in _OPEN_TO_ALL:
            return True
        return user_id is not None and await self.is_admitted(room, user_id)

    async def summary_of(self, room: Room) -> RoomSummary:
        """The room in short, as it is now."""
        keys = [key for key in _TOLD if key in room.state]
        events = await self.memory.events([room.state[key].position for key in keys])
        state: State = {key: placed.event for key, placed in zip(keys, events, strict=True)}
        alias = _text(state.get(CANONICAL_ALIAS), "alias")
        return RoomSummary(
            room_id=room.room_id,
            num_joined_members=room.count("join"),
            world_readable=_text(state.get(HISTORY_VISIBILITY), "history_visibility") == "world_readable",
            guest_can_join=_text(state.get(_GUEST_ACCESS), "guest_access") == "can_join",
            name=_text(state.get(_NAME), "name"),
            topic=_text(state.get(_TOPIC), "topic"),
            avatar_url=_text(state.get(_AVATAR), "url"),
            canonical_alias=alias if is_room_alias(alias) else None,
            join_rule=_text(state.get(JOIN_RULES), "join_rule") or "invite",
            room_type=_text(state.get(CREATE), "type"),
            allowed_room_ids=admitting_rooms(state.get(JOIN_RULES)) or None,
            encryption=_text(state.get(_ENCRYPTION), "algorithm"),
            room_version=room.version.name,
        )

    def _membership_in(self, room: Room, user_id: UserId | None) -> str | None:
        return None if user_id is None else room.memberships.get(user_id, "leave")


def _text(event: Event | None, field: str) -> str | None:
    """What the event says in this field, if that is a text with something in it."""
    value = None if event is None else event.content.get(field)
    return value if isinstance(value, str) and value else None
