"""What may be asked of keys."""

from .backups import KeyBackups
from .claims import KeyClaims
from .dehydrated import DehydratedDevices
from .departures import KeyDepartures
from .device_keys import DeviceKeys
from .device_lists import DeviceListChanges
from .key_counts import Counts
from .keys import Keys, KeyStores
from .queries import KeyQueries
from .to_device import ToDevice

__all__ = [
    "Counts",
    "DehydratedDevices",
    "DeviceKeys",
    "DeviceListChanges",
    "KeyBackups",
    "KeyClaims",
    "KeyDepartures",
    "KeyQueries",
    "KeyStores",
    "Keys",
    "ToDevice",
]
