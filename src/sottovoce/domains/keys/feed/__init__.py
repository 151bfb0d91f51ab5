"""What keys add to a /sync."""

from .to_device import ToDeviceFeed

__all__ = ["ToDeviceFeed"]
