"""App services, put together with what they need of the messenger."""

from dataclasses import dataclass

from sottovoce.app.foundation import Foundation
from sottovoce.domains.accounts.service import sender_in
from sottovoce.domains.appservices.follower import AppServiceFollower
from sottovoce.domains.appservices.gateway import AppServiceGateway
from sottovoce.domains.appservices.model import AppService
from sottovoce.domains.appservices.service import Delivery, Ephemeral, Extra, Interest, Live, Mail, Means, Ping
from sottovoce.domains.appservices.store import AppServiceRows
from sottovoce.domains.directory.store import AliasRows
from sottovoce.domains.keys.service import ToDevice
from sottovoce.domains.presence.service import Presence, Typing
from sottovoce.domains.receipts.service import Receipts
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.client import app_service
from sottovoce.http.routing import Route


@dataclass(frozen=True, slots=True)
class Told:
    """What app services are told of."""

    rooms: Rooms
    typing: Typing
    receipts: Receipts
    presence: Presence
    to_device: ToDevice


class Bridges:
    """The way to and from app services. Costs nothing where there are none."""

    def __init__(self, base: Foundation, told: Told) -> None:
        gateway = AppServiceGateway(base.outbound_to_own)
        rows = AppServiceRows(base.database)
        means = Means(told.rooms, gateway, rows, base.database, base.changes, base.clock, base.ids)
        names, server = AliasRows(base.database), base.accounts.identity.name
        deliveries = []
        for service in base.app_services.all():
            interest = Interest(service, server, sender_in(service, server), told.rooms, names)
            if service.url is not None:
                deliveries.append(Delivery(service, interest, _extras(service, interest, base, told), means))
        self.follower = AppServiceFollower(deliveries)
        self.follower.begin(base.changes, base.tasks)
        self._ping = Ping(base.app_services, gateway, base.clock, self.follower.reached)

    def routes(self) -> list[Route]:
        """The routes of app services, and those that lead to them."""
        return app_service.routes(self._ping)


def _extras(service: AppService, interest: Interest, base: Foundation, told: Told) -> list[Extra]:
    extras: list[Extra] = []
    if service.ephemeral_fields:
        live = Live(told.rooms, told.typing, told.receipts, told.presence, base.changes)
        extras.append(Ephemeral(service, interest, live))
    if service.receives_encryption:
        extras.append(Mail(interest, told.to_device, base.accounts.sessions))
    return extras
