"""What may be asked of app services."""

from .delivery import Delivery, Extra, Means
from .ephemeral import Ephemeral, Live
from .interest import Interest
from .key_news import KeyNews
from .mail import Mail
from .networks import Networks
from .ping import Ping
from .queries import Queries
from .registry import Registry
from .third_party import ThirdParty

__all__ = [
    "Delivery",
    "Ephemeral",
    "Extra",
    "Interest",
    "KeyNews",
    "Live",
    "Mail",
    "Means",
    "Networks",
    "Ping",
    "Queries",
    "Registry",
    "ThirdParty",
]
