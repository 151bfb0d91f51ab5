"""The question of a /sync."""

import msgspec

from sottovoce.domains.presence.model import State
from sottovoce.protocol.filters import Filter


class SyncRequest(msgspec.Struct, frozen=True):
    """The parameters of GET /sync, read. Spec: client-server, Syncing."""

    since: str | None = None
    filter: Filter = Filter()
    full_state: bool = False
    set_presence: State = State.ONLINE
    timeout_ms: int = 0
    use_state_after: bool = False


class UnknownSyncToken(Exception):
    """The token was not given to this person by this server."""
