"""The state of a room as the rules look at it."""

from collections.abc import Mapping

from sottovoce.protocol.auth_rules.numbers import refuse
from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.events import Event
from sottovoce.protocol.power import PowerLevels
from sottovoce.protocol.room_versions import RoomVersion

StateMap = Mapping[tuple[str, str], Event]


class RoomView:
    """One state of a room, under one version's rules."""

    __slots__ = ("create", "power", "state", "version")

    def __init__(self, create: Event, state: StateMap, version: RoomVersion) -> None:
        self.create = create
        self.state = state
        self.version = version
        self.power = PowerLevels(create, state.get(("m.room.power_levels", "")), version)

    def membership(self, user: str) -> str:
        """The membership of a user; "leave" for one never heard of."""
        member = self.state.get(("m.room.member", user))
        return "leave" if member is None else str(member.content.get("membership"))

    def join_rule(self) -> str:
        """How the room is joined; by invitation where nothing is said."""
        rules = self.state.get(("m.room.join_rules", ""))
        return "invite" if rules is None else str(rules.content.get("join_rule"))

    def refuse(self, rule: str, why: str) -> Refusal:
        """A refusal numbered for this room's version."""
        return refuse(self.version, rule, why)
