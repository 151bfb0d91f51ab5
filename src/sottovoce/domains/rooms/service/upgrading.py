"""A room's successor in another room version. Spec: client-server, Room upgrades."""

from collections.abc import Iterator, Sequence

from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import RoomId, UserId, is_room_id, is_user_id
from sottovoce.protocol.power import PowerLevels
from sottovoce.protocol.room_versions import ROOM_VERSIONS, RoomVersion

from ..model import (
    CANONICAL_ALIAS,
    CREATE,
    JOIN_RULES,
    MEMBER,
    POWER_LEVELS,
    TOMBSTONE,
    InvalidParam,
    NotAllowed,
    NotInRoom,
    StateKey,
    UnsupportedRoomVersion,
)
from ..rules import following_join_rule, quiet_levels, starting_levels, successor_levels
from .creation import Creation
from .memory import Room
from .writing import RoomWrite

MAX_ADDITIONAL_CREATORS = 100
MAX_CARRIED_CHILDREN = 1_000
_SPACE, _CHILD = "m.space", "m.space.child"
_CARRIED: tuple[StateKey, ...] = (
    ("m.room.server_acl", ""),
    ("m.room.encryption", ""),
    ("m.room.name", ""),
    ("m.room.avatar", ""),
    ("m.room.topic", ""),
    ("m.room.guest_access", ""),
    ("m.room.history_visibility", ""),
    JOIN_RULES,
    CANONICAL_ALIAS,
)
_BODY = "This room has been replaced"


class Upgrading(Creation):
    """Replaces rooms by newer ones."""

    async def upgrade(self, room_id: RoomId, user_id: UserId, new_version: str, creators: Sequence[str]) -> RoomId:
        """The room has a successor, whose id this is: with its name, rules, powers and aliases, open to its members.

        The old room points there, and nobody without power says anything in it any more.
        creators: who else is one, where the version knows that. Raises UnsupportedRoomVersion, NotInRoom, NotAllowed,
        InvalidParam. Spec: client-server, POST /rooms/{roomId}/upgrade.
        """
        version = ROOM_VERSIONS.get(new_version)
        if version is None:
            raise UnsupportedRoomVersion
        others = _checked(creators) if version.creators_outrank_everyone else []
        async with self._turn(room_id) as (old, closing):
            if user_id not in old.joined:
                raise NotInRoom
            successor = Room(0, RoomId("" if version.room_id_is_create_hash else self._new_room_id()), version)
            opening = RoomWrite(self._tools, successor, self._moment())
            await self._open(old, opening, version, user_id, others)
            await self._close(closing, successor.room_id, user_id)
            opened = opening.submit()
            assert opened is not None, "a new room is always written"
            await opened
            self._around.aliases.move(closing.batch, room_id, successor.room_id)
            if self._around.publishing is not None:
                self._around.publishing.move(closing.batch, room_id, successor.room_id)
            closed = closing.submit()
            assert closed is not None, "a tombstone is always written"
        await closed
        await self.bring_along(user_id, successor.room_id)
        return successor.room_id

    async def _open(
        self, old: Room, write: RoomWrite, version: RoomVersion, user_id: UserId, others: list[UserId]
    ) -> None:
        create = await self.memory.state_event(old, CREATE)
        levels = await self.memory.state_event(old, POWER_LEVELS)
        assert create is not None, "a room begins with its create event"
        founders = PowerLevels(create, levels, old.version).creators() if old.version.creators_outrank_everyone else ()
        content = {} if levels is None else levels.content
        wanted = successor_levels(content, version, [user_id, *others], founders)
        await write.stage(user_id, CREATE[0], _creation(create, old, version, user_id, others), "")
        await write.stage(user_id, MEMBER, {"membership": "join", **await self._profile(user_id)}, user_id)
        await write.stage(user_id, POWER_LEVELS[0], starting_levels(wanted, version, user_id), "")
        for event in await self._carried(old, create):
            carried = event.content
            if event.type == JOIN_RULES[0]:
                carried = following_join_rule(carried, old.room_id)
            await write.stage(user_id, event.type, carried, event.state_key)
        await write.stage(user_id, POWER_LEVELS[0], wanted, "")

    async def _carried(self, old: Room, create: Event) -> list[Event]:
        places = [old.state[key].position for key in _carried_keys(old, create)]
        events = [placed.event for placed in await self.memory.events(places)]
        return [event for event in events if event.type != _CHILD or event.content.get("via")]

    async def _close(self, write: RoomWrite, successor: RoomId, user_id: UserId) -> None:
        """The old room points to its successor. Raises NotAllowed; what else may not be changed stays as it is."""
        content: dict[str, object] = {"body": _BODY, "replacement_room": successor}
        await write.stage(user_id, TOMBSTONE[0], content, "")
        levels = await write.state(POWER_LEVELS)
        for (event_type, state_key), wanted in (
            (CANONICAL_ALIAS, {}),
            (POWER_LEVELS, quiet_levels({} if levels is None else levels.content)),
        ):
            if await write.state((event_type, state_key)) is None:
                continue
            try:
                await write.stage(user_id, event_type, wanted, state_key)
            except NotAllowed:
                continue


def _checked(creators: Sequence[str]) -> list[UserId]:
    if len(creators) > MAX_ADDITIONAL_CREATORS:
        raise InvalidParam(f"additional_creators has at most {MAX_ADDITIONAL_CREATORS} people")
    if not all(is_user_id(creator) for creator in creators):
        raise InvalidParam("additional_creators is a list of user ids")
    return [UserId(creator) for creator in dict.fromkeys(creators)]


def _creation(
    create: Event, old: Room, version: RoomVersion, user_id: UserId, others: list[UserId]
) -> dict[str, object]:
    predecessor: dict[str, object] = {"room_id": old.room_id}
    if not version.room_id_is_create_hash and old.tip is not None:
        predecessor["event_id"] = old.tip
    content: dict[str, object] = {"room_version": version.name, "predecessor": predecessor}
    content |= {name: create.content[name] for name in ("type", "m.federate") if name in create.content}
    if version.create_names_creator:
        content["creator"] = user_id
    if others:
        content["additional_creators"] = others
    return content


def _carried_keys(old: Room, create: Event) -> Iterator[StateKey]:
    yield from (key for key in _CARRIED if key in old.state)
    if create.content.get("type") == _SPACE:
        children = [key for key in old.state if key[0] == _CHILD and is_room_id(key[1])]
        yield from children[:MAX_CARRIED_CHILDREN]
