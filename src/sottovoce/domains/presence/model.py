"""Being there and typing; nothing of it outlives the process but what people say of themselves."""

from dataclasses import dataclass, field
from enum import IntEnum

from sottovoce.protocol.ids import DeviceId, UserId

OFFLINE_AFTER_S = 30.0
"""How long after its last sync a device still counts as there."""
IDLE_AFTER_S = 300.0
"""How long after the last sign of life somebody who is there counts as away."""
TYPING_MAX_MS = 30_000
"""How long one notification of typing counts at most."""
STATUS_MAX_BYTES = 512


class State(IntEnum):
    """What a person is shown as; of several devices the highest counts."""

    OFFLINE = 0
    UNAVAILABLE = 1
    ONLINE = 2

    @property
    def word(self) -> str:
        """The spec's word for it."""
        return self.name.lower()


@dataclass(slots=True)
class SeenDevice:
    """A device that is there until `until_s` (monotonic), in the state it asked for."""

    state: State
    until_s: float


@dataclass(slots=True)
class Attendance:
    """One person, as far as this run knows.

    active_at_s: the last sign of life, monotonic; None: none yet. shown: what others were told. changed_at: the live
    position at which they were.
    """

    user_id: UserId
    devices: dict[DeviceId, SeenDevice] = field(default_factory=dict)
    active_at_s: float | None = None
    shown: State = State.OFFLINE
    changed_at: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody may see of a person. last_active_ago_ms: None if not known."""

    user_id: UserId
    state: State
    last_active_ago_ms: int | None
    status_msg: str | None


class PresenceHidden(Exception):
    """The two share no chat, or the person does not exist; which of them is not told."""


class NotYours(Exception):
    """Only the person themself can say this of them."""
