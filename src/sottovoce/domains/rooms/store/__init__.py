"""The rows of rooms, and of what relates to what in them."""

from .ageing import AgeingRows
from .catalogue import CatalogueRows
from .erasing import ErasingRows
from .redacted import RedactedRows
from .relations import RelationRows
from .rows import RoomRows

__all__ = ["AgeingRows", "CatalogueRows", "ErasingRows", "RedactedRows", "RelationRows", "RoomRows"]
