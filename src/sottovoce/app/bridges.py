"""App services, put together with what they need of the messenger."""

from sottovoce.app.foundation import Foundation
from sottovoce.domains.accounts.service import sender_in
from sottovoce.domains.appservices.follower import AppServiceFollower
from sottovoce.domains.appservices.gateway import AppServiceGateway
from sottovoce.domains.appservices.service import Delivery, Interest, Means, Ping
from sottovoce.domains.appservices.store import AppServiceRows
from sottovoce.domains.directory.store import AliasRows
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.client import app_service
from sottovoce.http.routing import Route


class Bridges:
    """The way to and from app services. Costs nothing where there are none."""

    def __init__(self, base: Foundation, rooms: Rooms) -> None:
        gateway = AppServiceGateway(base.outbound_to_own)
        means = Means(rooms, gateway, AppServiceRows(base.database), base.database, base.changes, base.clock, base.ids)
        names = AliasRows(base.database)
        server = base.accounts.identity.name
        deliveries = []
        for service in base.app_services.all():
            interest = Interest(service, server, sender_in(service, server), rooms, names)
            if service.url is not None:
                deliveries.append(Delivery(service, interest, (), means))
        self.follower = AppServiceFollower(deliveries)
        self.follower.begin(base.changes, ("rooms",), base.tasks)
        self._ping = Ping(base.app_services, gateway, base.clock, self.follower.reached)

    def routes(self) -> list[Route]:
        """The routes of app services, and those that lead to them."""
        return app_service.routes(self._ping)
