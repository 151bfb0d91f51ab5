"""How a classic answer is written down, and which rooms a sliding one is about."""

from .classic import encoded
from .kept import direct_rooms, tags_in
from .windows import EVERYTHING, Facts, chosen, holds, in_scope, windows

__all__ = [
    "EVERYTHING",
    "Facts",
    "chosen",
    "direct_rooms",
    "encoded",
    "holds",
    "in_scope",
    "tags_in",
    "windows",
]
