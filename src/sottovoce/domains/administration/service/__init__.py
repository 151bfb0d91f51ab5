"""What may be asked of administration."""

from .notices import Notices
from .storage import StorageMeter

__all__ = ["Notices", "StorageMeter"]
