"""The rows of keys."""

from .backups import BackupRows
from .cross_signing import SigningRows
from .dehydrated import DehydratedRows
from .device_keys import DeviceKeyRows
from .device_lists import DeviceListRows
from .to_device import ToDeviceRows

__all__ = ["BackupRows", "DehydratedRows", "DeviceKeyRows", "DeviceListRows", "SigningRows", "ToDeviceRows"]
