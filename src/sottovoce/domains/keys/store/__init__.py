"""The rows of keys."""

from .cross_signing import SigningRows
from .device_keys import DeviceKeyRows
from .device_lists import DeviceListRows
from .to_device import ToDeviceRows

__all__ = ["DeviceKeyRows", "DeviceListRows", "SigningRows", "ToDeviceRows"]
