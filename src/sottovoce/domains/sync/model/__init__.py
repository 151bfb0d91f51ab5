"""The questions of the two kinds of sync, and their refusals."""

from .classic import SyncRequest, UnknownSyncToken
from .sliding import (
    BadSlidingRequest,
    Extensions,
    KeyNews,
    ListAsk,
    RoomConfig,
    RoomFilters,
    Scope,
    SlidingAnswer,
    SlidingRequest,
    ToDeviceAsk,
    ToDeviceNews,
    UnknownPosition,
)

__all__ = [
    "BadSlidingRequest",
    "Extensions",
    "KeyNews",
    "ListAsk",
    "RoomConfig",
    "RoomFilters",
    "Scope",
    "SlidingAnswer",
    "SlidingRequest",
    "SyncRequest",
    "ToDeviceAsk",
    "ToDeviceNews",
    "UnknownPosition",
    "UnknownSyncToken",
]
