"""What may be asked of the directory."""

from .directory import Directory
from .people import People

__all__ = ["Directory", "People"]
