"""What differs from one room version to the next, as records of flags.

Code reads flags and never compares version names. Spec: room versions.
"""

from sottovoce.protocol.room_versions.record import RedactionRules, RoomVersion
from sottovoce.protocol.room_versions.versions import (
    ROOM_VERSIONS,
    UnknownRoomVersion,
    room_version,
)

__all__ = [
    "ROOM_VERSIONS",
    "RedactionRules",
    "RoomVersion",
    "UnknownRoomVersion",
    "room_version",
]
