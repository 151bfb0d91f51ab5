"""The rows of rooms, and of what relates to what in them."""

from .catalogue import CatalogueRows
from .relations import RelationRows
from .rows import RoomRows

__all__ = ["CatalogueRows", "RelationRows", "RoomRows"]
