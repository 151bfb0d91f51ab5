"""What may be asked of app services."""

from .delivery import Delivery, Extra, Means
from .interest import Interest
from .ping import Ping
from .registry import Registry

__all__ = ["Delivery", "Extra", "Interest", "Means", "Ping", "Registry"]
