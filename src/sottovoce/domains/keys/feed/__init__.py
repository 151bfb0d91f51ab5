"""What keys add to a /sync."""

from .device_lists import DeviceListFeed
from .key_counts import KeyCountFeed
from .to_device import ToDeviceFeed

__all__ = ["DeviceListFeed", "KeyCountFeed", "ToDeviceFeed"]
