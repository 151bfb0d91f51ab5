"""New rooms."""

import copy
from collections.abc import Iterator

from sottovoce.infra.db.model import WriteConflict
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import RoomAlias, RoomId, UserId, parse_room_alias
from sottovoce.protocol.room_versions import ROOM_VERSIONS, RoomVersion

from ..model import (
    CREATE,
    MEMBER,
    POWER_LEVELS,
    SERVER_ACL,
    AliasInUse,
    AliasReserved,
    BadRoomState,
    CreateRoom,
    InvalidParam,
    NotAllowed,
    ThirdPartyRefused,
    UnsupportedRoomVersion,
)
from ..rules import check_server_acl
from .membership import Memberships
from .memory import Room
from .writing import RoomWrite

_Step = tuple[str, str, dict[str, object]]

_PRESETS: dict[str, dict[str, str]] = {
    "private_chat": {"join_rule": "invite", "history_visibility": "shared", "guest_access": "can_join"},
    "trusted_private_chat": {"join_rule": "invite", "history_visibility": "shared", "guest_access": "can_join"},
    "public_chat": {"join_rule": "public", "history_visibility": "shared", "guest_access": "forbidden"},
}
_PRESET_OF_VISIBILITY = {"private": "private_chat", "public": "public_chat"}
_CREATOR_LEVEL = 100


class Creation(Memberships):
    """Opens rooms."""

    _created_at_ms = 0

    async def create(self, creator: UserId, command: CreateRoom, app_service: str | None = None) -> RoomId:
        """The room exists with everything asked for in it, all at once; its id.

        A public one stands in the public directory, where the server keeps one. app_service: the one that asks, if any.
        Raises UnsupportedRoomVersion, InvalidParam, BadRoomState, UserNotFound, InviteBlocked, AliasInUse,
        AliasReserved, Malformed, ThirdPartyRefused.
        Spec: client-server, POST /createRoom.
        """
        version = self._version(command)
        preset = self._preset(command)
        invited = [await self._invitable(creator, user) for user in dict.fromkeys(command.invite)]
        alias = await self._free_alias(command, app_service)
        room = Room(0, RoomId("" if version.room_id_is_create_hash else self._new_room_id()), version)
        write = RoomWrite(self._tools, room, self._moment())
        try:
            await self._stage_all(room, write, creator, command, preset, invited, alias, version)
        except NotAllowed as refused:
            raise BadRoomState(refused.refusal.why) from refused
        if alias is not None:
            self._around.aliases.claim(write.batch, alias, room.room_id, creator)
        if command.visibility == "public" and self._around.publishing is not None:
            self._around.publishing.publish(write.batch, room.room_id)
        future = write.submit()
        assert future is not None, "a new room is always written"
        try:
            await future
        except WriteConflict:
            if alias is not None and await self._around.aliases.find(alias) is not None:
                raise AliasInUse from None
            raise
        return room.room_id

    async def _stage_all(
        self,
        room: Room,
        write: RoomWrite,
        creator: UserId,
        command: CreateRoom,
        preset: str,
        invited: list[UserId],
        alias: RoomAlias | None,
        version: RoomVersion,
    ) -> None:
        trusted = invited if preset == "trusted_private_chat" else []
        await write.stage(creator, CREATE[0], _creation(creator, command, trusted, version), "")
        await write.stage(creator, MEMBER, {"membership": "join", **await self._profile(creator)}, creator)
        await write.stage(creator, POWER_LEVELS[0], _power_levels(creator, command, preset, trusted, version), "")
        for event_type, state_key, content in _starting_state(command, preset, alias):
            if event_type == MEMBER:
                content = await self._member_content(room, creator, state_key, content)
            elif (event_type, state_key) == SERVER_ACL:
                check_server_acl(content, self._around.server)
            await write.stage(creator, event_type, content, state_key)
        for person in invited:
            content = {"membership": "invite", **await self._profile(person)}
            if command.is_direct:
                content["is_direct"] = True
            await write.stage(creator, MEMBER, content, person)

    def _version(self, command: CreateRoom) -> RoomVersion:
        if command.room_version is None:
            return self._around.default_version
        version = ROOM_VERSIONS.get(command.room_version)
        if version is None:
            raise UnsupportedRoomVersion
        return version

    def _preset(self, command: CreateRoom) -> str:
        if command.invite_3pid:
            raise ThirdPartyRefused
        visibility = command.visibility or "private"
        if visibility not in _PRESET_OF_VISIBILITY:
            raise InvalidParam("visibility is public or private")
        preset = command.preset or _PRESET_OF_VISIBILITY[visibility]
        if preset not in _PRESETS:
            raise InvalidParam(f"preset is one of {', '.join(_PRESETS)}")
        return preset

    async def _free_alias(self, command: CreateRoom, app_service: str | None) -> RoomAlias | None:
        if command.room_alias_name is None:
            return None
        try:
            alias = parse_room_alias(f"#{command.room_alias_name}:{self._around.server}")
        except Malformed as cause:
            raise InvalidParam("room_alias_name has characters or a length that an alias may not have") from cause
        if ":" in command.room_alias_name:
            raise InvalidParam("room_alias_name is the part of the alias before the colon")
        if not self._around.aliases.may_name(alias, app_service):
            raise AliasReserved("Rooms get this alias from an app service only, or not from this one")
        if await self._around.aliases.find(alias) is not None:
            raise AliasInUse
        return alias

    def _moment(self) -> int:
        """Now, but never the same twice: the create event's hash may name the room, so no two may be alike."""
        self._created_at_ms = max(self._tools.clock.now_ms(), self._created_at_ms + 1)
        return self._created_at_ms

    def _new_room_id(self) -> str:
        return f"!{self._around.ids.letters(18)}:{self._around.server}"


def _creation(creator: UserId, command: CreateRoom, trusted: list[UserId], version: RoomVersion) -> dict[str, object]:
    content = dict(command.creation_content)
    content.pop("creator", None)
    if version.create_names_creator:
        content["creator"] = creator
    if version.creators_outrank_everyone and trusted:
        named = content.get("additional_creators", [])
        others = list(named) if isinstance(named, list) else []
        content["additional_creators"] = list(dict.fromkeys([*others, *trusted]))
    content["room_version"] = version.name
    return content


def _power_levels(
    creator: UserId, command: CreateRoom, preset: str, trusted: list[UserId], version: RoomVersion
) -> dict[str, object]:
    """The spec's defaults, then the preset, then what the request overrides. Spec: POST /createRoom, Presets.

    Who did not choose the version may not know that creators need no level, nor may have one: theirs are left out.
    """
    levels = {} if version.creators_outrank_everyone else dict.fromkeys([creator, *trusted], _CREATOR_LEVEL)
    content: dict[str, object] = {
        "ban": 50,
        "events": {
            "m.room.avatar": 50,
            "m.room.canonical_alias": 50,
            "m.room.encryption": 100,
            "m.room.history_visibility": 100,
            "m.room.name": 50,
            "m.room.power_levels": 100,
            "m.room.server_acl": 100,
            "m.room.tombstone": 150 if version.creators_outrank_everyone else 100,
        },
        "events_default": 0,
        "invite": 50 if preset == "public_chat" else 0,
        "kick": 50,
        "redact": 50,
        "state_default": 50,
        "users": levels,
        "users_default": 0,
    }
    content |= copy.deepcopy(command.power_level_content_override)
    users = content["users"]
    if version.creators_outrank_everyone and command.room_version is None and isinstance(users, dict):
        content["users"] = {user: level for user, level in users.items() if user not in (creator, *trusted)}
    return content


def _starting_state(command: CreateRoom, preset: str, alias: RoomAlias | None) -> Iterator[_Step]:
    """In the spec's order; what initial_state sets, the preset does not."""
    chosen = {(draft.type, draft.state_key) for draft in command.initial_state}
    if alias is not None:
        yield "m.room.canonical_alias", "", {"alias": alias}
    for name, value in _PRESETS[preset].items():
        event_type = {"join_rule": "m.room.join_rules"}.get(name, f"m.room.{name}")
        if (event_type, "") not in chosen:
            yield event_type, "", {name: value}
    for draft in command.initial_state:
        yield draft.type, draft.state_key, draft.content
    if command.name is not None:
        yield "m.room.name", "", {"name": command.name}
    if command.topic is not None:
        text = {"m.text": [{"body": command.topic, "mimetype": "text/plain"}]}
        yield "m.room.topic", "", {"topic": command.topic, "m.topic": text}
