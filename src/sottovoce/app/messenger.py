"""The part of the program that needs the server's name: rooms, what lives on them, and their routes."""

from functools import partial

from sottovoce.app.adapters import AttentionRelay, carry_push_rules
from sottovoce.app.administration import AdministrationPart
from sottovoce.app.bridges import Bridges, Told
from sottovoce.app.foundation import Foundation
from sottovoce.app.keys import KeysPart
from sottovoce.app.messages import MessagesPart
from sottovoce.app.push import PushPart
from sottovoce.app.rooms import RoomsPart, by_id
from sottovoce.app.sliding import sliding_sync
from sottovoce.domains.accounts.feed import AccountDataFeed
from sottovoce.domains.changes.ports import Feed
from sottovoce.domains.changes.service import Changes
from sottovoce.domains.presence.feed import PresenceFeed, TypingFeed
from sottovoce.domains.presence.service import Presence, Typing, sweep_for_ever
from sottovoce.domains.presence.store import StatusRows
from sottovoce.domains.receipts.feed import ReceiptFeed
from sottovoce.domains.receipts.service import Receipts
from sottovoce.domains.receipts.store import ReceiptRows
from sottovoce.domains.rooms.feed import RoomsFeed
from sottovoce.domains.sync.service import Sync
from sottovoce.http.client import (
    old_sync,
    presence,
    receipts,
    typing,
)
from sottovoce.http.client import sliding_sync as sliding_sync_routes
from sottovoce.http.client import sync as sync_routes
from sottovoce.http.routing import Route
from sottovoce.protocol.ids import UserId
from sottovoce.protocol.tokens import TokenSealer


class Messenger:
    """Everything that is built once the server has its name."""

    def __init__(self, base: Foundation) -> None:
        accounts, database, changes, clock = base.accounts, base.database, base.changes, base.clock
        sealer = TokenSealer(accounts.identity.current.sealing_key)
        relay = AttentionRelay()
        self._rooms_part = RoomsPart(base, sealer, relay)
        self.rooms, self.memory = self._rooms_part.rooms, self._rooms_part.memory
        self.directory, self.erasing = self._rooms_part.directory, self._rooms_part.erasing
        self.messages = MessagesPart(base, sealer, self.rooms)
        shows_presence = base.settings.presence == "on"
        self.presence = Presence(self.rooms, StatusRows(database), database, changes, clock, is_enabled=shows_presence)
        self.typing = Typing(self.rooms, changes, clock)
        relay.connect(self.typing, self.presence)
        receipt_rows = ReceiptRows(database)
        self.receipts = Receipts(
            self.rooms, accounts.account_data, self.presence, receipt_rows, database, changes, clock
        )
        self._keys_part = KeysPart(base, self.rooms, sealer)
        self.keys = self._keys_part.keys
        self.push = PushPart(base, self.rooms, self.receipts, sealer)
        self.rooms.on_moved = partial(carry_push_rules, self.push.rules)
        feeds: list[Feed] = [
            RoomsFeed(self.rooms, clock),
            ReceiptFeed(receipt_rows),
            TypingFeed(self.typing),
            AccountDataFeed(base.account_rows),
            PresenceFeed(self.presence, self.rooms),
            *self._keys_part.feeds(),
            self.push.feed,
        ]
        self.sync = Sync(changes, feeds, sealer, self.presence, accounts.sessions, self.keys.to_device, clock)
        self.sliding_sync = sliding_sync(
            base, sealer, self.rooms, receipt_rows, self.typing, self.presence, self._keys_part, self.push.feed
        )
        self._bridges = Bridges(base, Told(self.rooms, self.typing, self.receipts, self.presence, self.keys))
        self._follow_erasures()
        self.administration = AdministrationPart(base, self._rooms_part, self.messages.reports)
        self.accounts = accounts
        accounts.sessions.on_closed = lambda user_id: _wake(changes, user_id)
        self._rooms_part.people_follower.farewells += (
            self.push.rules,
            self.push.pushers,
            self.keys,
            self.messages.delayed,
            self.sliding_sync,
        )
        base.tasks.keep("presence.sweep", lambda: sweep_for_ever(self.presence, self.typing))

    def _follow_erasures(self) -> None:
        """What every domain has of a room ends with the room."""
        erasers = self.erasing.erasers
        erasers += [by_id(self.receipts), by_id(self.messages.reports), by_id(self.messages.delayed)]
        erasers.append(by_id(self._bridges.networks))
        erasers.append(lambda room_id, room_key: self.messages.search.erase_room(room_key))
        self._rooms_part.ageing.forgetters.append(self.messages.search.forget_events)

    def routes(self) -> list[Route]:
        """The routes that need a server with a name."""
        return [
            *self._rooms_part.routes(),
            *self.messages.routes(),
            *receipts.routes(self.receipts),
            *typing.routes(self.typing),
            *presence.routes(self.presence),
            *self._keys_part.routes(),
            *self.push.routes(),
            *sync_routes.routes(self.sync, self.accounts.filters.find),
            *sliding_sync_routes.routes(self.sliding_sync),
            *old_sync.routes(self.rooms, self.sync, self.directory, self.accounts),
            *self._bridges.routes(),
            *self.administration.routes(),
        ]


def _wake(changes: Changes, user_id: UserId) -> None:
    """The person's waiting devices look whether they are still signed in."""
    changes.publish_live("devices", None, frozenset({user_id}))
