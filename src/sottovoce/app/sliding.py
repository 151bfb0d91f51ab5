"""Puts the sliding sync together."""

from sottovoce.app.foundation import Foundation
from sottovoce.app.keys import KeysPart
from sottovoce.domains.accounts.feed import KeptData
from sottovoce.domains.changes.ports import Feed
from sottovoce.domains.presence.service import Presence, Typing
from sottovoce.domains.receipts.feed import RoomReceipts
from sottovoce.domains.receipts.store import ReceiptRows
from sottovoce.domains.rooms.feed import RoomPlaces, SlidingRooms
from sottovoce.domains.rooms.service import Rooms
from sottovoce.domains.sync.service import SlidingExtensions, SlidingOrders, SlidingSources, SlidingSync
from sottovoce.protocol.tokens import TokenSealer


def sliding_sync(
    base: Foundation,
    sealer: TokenSealer,
    rooms: Rooms,
    receipt_rows: ReceiptRows,
    typing: Typing,
    presence: Presence,
    keys: KeysPart,
    push: Feed,
) -> SlidingSync:
    """The sliding sync over these."""
    kept = KeptData(base.account_rows)
    sources = SlidingSources(kept, RoomReceipts(receipt_rows), keys.keys.to_device, keys.about_keys(), typing, push)
    return SlidingSync(
        base.changes,
        SlidingOrders(RoomPlaces(rooms), kept, base.changes),
        SlidingRooms(rooms, base.clock),
        SlidingExtensions(sources, sealer),
        sealer,
        presence,
        base.accounts.sessions,
        base.clock,
    )
