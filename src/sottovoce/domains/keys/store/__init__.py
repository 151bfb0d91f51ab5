"""The rows of keys."""

from .backups import BackupRows
from .cross_signing import SigningRows
from .device_keys import DeviceKeyRows
from .device_lists import DeviceListRows
from .to_device import ToDeviceRows

__all__ = ["BackupRows", "DeviceKeyRows", "DeviceListRows", "SigningRows", "ToDeviceRows"]
