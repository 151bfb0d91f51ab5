"""What may be asked of app services."""

from .delivery import Delivery, Extra, Means
from .ephemeral import Ephemeral, Live
from .interest import Interest
from .mail import Mail
from .ping import Ping
from .registry import Registry

__all__ = ["Delivery", "Ephemeral", "Extra", "Interest", "Live", "Mail", "Means", "Ping", "Registry"]
