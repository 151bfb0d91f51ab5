"""The two kinds of sync."""

from .classic import Sync
from .extensions import Extensions as SlidingExtensions
from .extensions import Sources as SlidingSources
from .orders import Orders as SlidingOrders
from .sliding import SlidingSync

__all__ = ["SlidingExtensions", "SlidingOrders", "SlidingSources", "SlidingSync", "Sync"]
