"""What may be asked of keys."""

from .departures import KeyDepartures
from .to_device import ToDevice

__all__ = ["KeyDepartures", "ToDevice"]
