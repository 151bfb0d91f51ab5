"""What every part of rooms works with."""

from dataclasses import dataclass

from sottovoce.domains.changes.service import Changes
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Database
from sottovoce.protocol.signing import Signer

from ..ports import RelationStore, RoomStore
from .memory import Memory
from .retention import Retention


@dataclass(frozen=True, slots=True)
class Tools:
    """What every write needs."""

    store: RoomStore
    relations: RelationStore
    memory: Memory
    changes: Changes
    database: Database
    signer: Signer
    clock: Clock
    retention: Retention | None = None
