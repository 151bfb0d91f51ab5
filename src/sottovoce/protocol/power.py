"""Who stands how high in a room, and how high each act stands. Spec: client-server, m.room.power_levels."""

from collections.abc import Mapping
from types import MappingProxyType

from sottovoce.protocol.canonical_json import MAX_INTEGER
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import UserId, server_of
from sottovoce.protocol.room_versions import RoomVersion

# Higher than any level an event can hold: the creators' level where they outrank everyone.
CREATOR_LEVEL = MAX_INTEGER + 1

_CREATE = ("m.room.create", "")
_POWER_LEVELS = ("m.room.power_levels", "")
_CREATOR_LEVEL_WITHOUT_EVENT = 100
_NOTHING: Mapping[str, object] = MappingProxyType({})


class PowerLevels:
    """The levels that hold in one state of a room."""

    __slots__ = ("_content", "_create", "_version")

    def __init__(self, create: Event, power_levels: Event | None, version: RoomVersion) -> None:
        self._create = create
        self._content = power_levels.content if power_levels is not None else None
        self._version = version

    @classmethod
    def in_state(cls, state: Mapping[tuple[str, str], Event], version: RoomVersion) -> "PowerLevels":
        """The levels in a state map that holds the create event and, if the room has one, the power levels event."""
        return cls(state[_CREATE], state.get(_POWER_LEVELS), version)

    def creators(self) -> frozenset[str]:
        """The room's creators: one before version 12, maybe more since. Spec: room version 12, Event format."""
        if self._version.create_names_creator:
            return frozenset({str(self._create.content.get("creator"))})
        return frozenset({self._create.sender, *self._additional_creators()})

    def of_user(self, user: UserId) -> int:
        """The level of a user; CREATOR_LEVEL for a creator who outranks everyone."""
        if self._version.creators_outrank_everyone and self._is_creator(user):
            return CREATOR_LEVEL
        if self._content is None:
            return _CREATOR_LEVEL_WITHOUT_EVENT if self._is_creator(user) else 0
        default = _integer(self._content.get("users_default"), 0)
        return _integer(_object(self._content.get("users")).get(user), default)

    def to_send(self, event_type: str, *, is_state: bool) -> int:
        """The required power level of an event type. Spec: server-server, Definitions."""
        content = self._content if self._content is not None else _NOTHING
        default = _integer(content.get("state_default"), 50) if is_state else _integer(content.get("events_default"), 0)
        return _integer(_object(content.get("events")).get(event_type), default)

    def to_notify(self, key: str) -> int:
        """The level needed to notify in the way named by the key, such as "room" for everyone at once."""
        content = self._content if self._content is not None else _NOTHING
        return _integer(_object(content.get("notifications")).get(key), 50)

    @property
    def to_invite(self) -> int:
        """The invite level."""
        return self._named("invite", 0)

    @property
    def to_kick(self) -> int:
        """The kick level."""
        return self._named("kick", 50)

    @property
    def to_ban(self) -> int:
        """The ban level."""
        return self._named("ban", 50)

    @property
    def to_redact(self) -> int:
        """The redact level."""
        return self._named("redact", 50)

    def may_redact(self, user: UserId, author: UserId) -> bool:
        """Whether a user of ours may take back this author's event: their own, or any with the redact level.

        The right to send m.room.redaction at all comes on top. Spec: client-server, m.room.power_levels.
        """
        return user == author or self.of_user(user) >= self.to_redact

    def redaction_applies(self, redactor: UserId, author: UserId) -> bool:
        """Whether a redaction received from another server, and allowed as an event, takes effect.

        Within one server it always does: that server answers for who may redact whom, as ours does with `may_redact`.
        Spec: room version 3, Handling redactions.
        """
        return server_of(redactor) == server_of(author) or self.of_user(redactor) >= self.to_redact

    def _is_creator(self, user: UserId) -> bool:
        if self._version.create_names_creator:
            return user == self._create.content.get("creator")
        return user == self._create.sender or user in self._additional_creators()

    def _additional_creators(self) -> list[str]:
        if not self._version.creators_outrank_everyone:
            return []
        additional = self._create.content.get("additional_creators")
        return additional if isinstance(additional, list) else []

    def _named(self, key: str, default: int) -> int:
        return default if self._content is None else _integer(self._content.get(key), default)


def _integer(value: object, default: int) -> int:
    return value if type(value) is int else default


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else _NOTHING
