"""What may be asked of app services."""

from .registry import Registry

__all__ = ["Registry"]
