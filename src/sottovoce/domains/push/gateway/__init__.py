"""The ways on which notifications leave the server."""

from .outward import Gateways
from .vapid import Vapid

__all__ = ["Gateways", "Vapid"]
