"""The part of the messenger about attention: push rules, unread counts, and telling those who want to be told."""

from sottovoce.app.foundation import Foundation
from sottovoce.domains.push.feed import PushFeed
from sottovoce.domains.push.follower import PushFollower
from sottovoce.domains.push.gateway import Gateways, Vapid
from sottovoce.domains.push.service import (
    Badges,
    Notifications,
    Notifying,
    Pushers,
    PushRules,
    UnreadCounts,
)
from sottovoce.domains.push.store import PusherRows, PushRuleRows
from sottovoce.domains.receipts.service import Receipts
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.client import notifications, push_rules, pushers
from sottovoce.http.routing import Route
from sottovoce.infra.outbound_http import OutboundHttp
from sottovoce.protocol.tokens import TokenSealer


class PushPart:
    """Built on rooms and receipts."""

    def __init__(self, base: Foundation, rooms: Rooms, receipts: Receipts, sealer: TokenSealer) -> None:
        database, changes, clock = base.database, base.changes, base.clock
        is_lax = base.settings.push_private_addresses == "on"
        self.rules = PushRules(PushRuleRows(database), database, changes)
        self.unread = UnreadCounts(rooms, receipts, self.rules, rooms.preferences, changes)
        self.feed = PushFeed(self.unread, self.rules)
        rows = PusherRows(database)
        self.pushers = Pushers(rows, database, changes, clock, base.ids, is_lax=is_lax)
        base.accounts.sessions.departures.append(self.pushers)
        self.vapid = Vapid(rows, database, clock, base.ids, _subject(base))
        self.outbound = OutboundHttp(private_addresses=is_lax)
        self.notifying = Notifying(rooms, rooms, receipts, self.rules, rooms.preferences, self.unread)
        self.notifications = Notifications(rooms, rooms, self.notifying, self.unread, sealer, changes)
        self.follower = PushFollower(
            rows,
            self.pushers,
            self.notifying,
            Badges(self.unread, rooms, self.rules, rooms.preferences),
            rooms,
            Gateways(self.outbound, self.vapid),
            database,
            changes,
            clock,
            base.tasks,
        )
        base.tasks.keep("push.follow", self.follower.run)

    async def stop(self) -> None:
        """No connection to anybody is open. Called when nothing is under way any more."""
        await self.outbound.stop()

    def routes(self) -> list[Route]:
        """The routes of this part."""
        return [
            *push_rules.routes(self.rules),
            *pushers.routes(self.pushers),
            *notifications.routes(self.notifications),
        ]


def _subject(base: Foundation) -> str:
    """Where whoever runs a push service may turn to."""
    url = base.settings.public_url
    return url if url is not None and url.startswith("https://") else f"https://{base.accounts.identity.current.name}"
