"""The rows of keys."""

from .device_keys import DeviceKeyRows
from .device_lists import DeviceListRows
from .to_device import ToDeviceRows

__all__ = ["DeviceKeyRows", "DeviceListRows", "ToDeviceRows"]
