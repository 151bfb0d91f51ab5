"""The rows of rooms, and of what relates to what in them."""

from .relations import RelationRows
from .rows import RoomRows

__all__ = ["RelationRows", "RoomRows"]
