"""Encryption's part of the messenger: messages to devices, keys, and what of them is told in /sync."""

from sottovoce.app.foundation import Foundation
from sottovoce.domains.changes.ports import Feed
from sottovoce.domains.keys.feed import DeviceListFeed, KeyCountFeed, ToDeviceFeed
from sottovoce.domains.keys.service import Keys, KeyStores
from sottovoce.domains.keys.store import (
    BackupRows,
    DehydratedRows,
    DeviceKeyRows,
    DeviceListRows,
    SigningRows,
    ToDeviceRows,
)
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.client import cross_signing, dehydrated_device, key_backup, keys, to_device
from sottovoce.http.routing import Route
from sottovoce.protocol.tokens import TokenSealer


class KeysPart:
    """The keys, with their rows."""

    def __init__(self, base: Foundation, rooms: Rooms, sealer: TokenSealer) -> None:
        database, sessions = base.database, base.accounts.sessions
        stores = KeyStores(
            ToDeviceRows(database),
            DeviceKeyRows(database),
            DeviceListRows(database),
            SigningRows(database),
            BackupRows(database),
            DehydratedRows(database),
        )
        self.keys = Keys(
            base.accounts.identity.current.name,
            sessions,
            base.accounts.sensitive,
            rooms,
            stores,
            database,
            base.changes,
            sealer,
            base.clock,
            base.tasks,
        )
        sessions.departures.append(self.keys.departures)
        sessions.unused_devices = self.keys.unused_devices
        base.tasks.keep("keys.sweep_transactions", self.keys.to_device.sweep_for_ever)

    def feeds(self) -> list[Feed]:
        """What keys add to a /sync."""
        return [ToDeviceFeed(self.keys.to_device), *self.about_keys()]

    def about_keys(self) -> list[Feed]:
        """Those of them that are about keys."""
        return [DeviceListFeed(self.keys.device_lists), KeyCountFeed(self.keys.counts)]

    def routes(self) -> list[Route]:
        """The routes of keys."""
        return [
            *keys.routes(self.keys),
            *cross_signing.routes(self.keys),
            *key_backup.routes(self.keys.backups),
            *dehydrated_device.routes(self.keys.dehydrated),
            *to_device.routes(self.keys.to_device),
        ]
