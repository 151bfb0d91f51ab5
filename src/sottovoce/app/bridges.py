"""App services, put together with what they need of the messenger."""

from dataclasses import dataclass

from sottovoce.app.foundation import Foundation
from sottovoce.domains.accounts.service import sender_in
from sottovoce.domains.appservices.follower import AppServiceFollower
from sottovoce.domains.appservices.model import AppService
from sottovoce.domains.appservices.service import (
    Delivery,
    Ephemeral,
    Extra,
    Interest,
    KeyNews,
    Live,
    Mail,
    Means,
    Networks,
    Ping,
    Queries,
    ThirdParty,
)
from sottovoce.domains.appservices.store import AppServiceRows
from sottovoce.domains.directory.store import AliasRows
from sottovoce.domains.keys.service import Keys
from sottovoce.domains.presence.service import Presence, Typing
from sottovoce.domains.receipts.service import Receipts
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.client import app_service, third_party
from sottovoce.http.routing import Route
from sottovoce.infra.db.model import Database
from sottovoce.protocol.ids import RoomAlias, RoomId


class BridgedAliases(AliasRows):
    """The book of aliases, with what app services reserve and bring."""

    def __init__(self, database: Database, services: Queries) -> None:
        super().__init__(database)
        self._services = services

    async def resolve(self, alias: RoomAlias) -> RoomId | None:
        found = await self.find(alias)
        if found is None and await self._services.bring_alias(alias):
            found = await self.find(alias)
        return found

    def may_name(self, alias: RoomAlias, app_service: str | None) -> bool:
        return self._services.may_name(alias, app_service)


@dataclass(frozen=True, slots=True)
class Told:
    """What app services are told of."""

    rooms: Rooms
    typing: Typing
    receipts: Receipts
    presence: Presence
    keys: Keys


class Bridges:
    """The way to and from app services. Costs nothing where there are none."""

    def __init__(self, base: Foundation, told: Told) -> None:
        gateway = base.gateway
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
        is_open = base.settings.public_directory == "on"
        self.networks = Networks(rows, base.database, told.rooms, is_open=is_open)
        self._third_party = ThirdParty(base.app_services, gateway)
        self._ping = Ping(base.app_services, gateway, base.clock, self.follower.reached)

    def routes(self) -> list[Route]:
        """The routes of app services, and those that lead to them."""
        return [*app_service.routes(self._ping, self.networks), *third_party.routes(self._third_party)]


def _extras(service: AppService, interest: Interest, base: Foundation, told: Told) -> list[Extra]:
    extras: list[Extra] = []
    if service.ephemeral_fields:
        live = Live(told.rooms, told.typing, told.receipts, told.presence, base.changes)
        extras.append(Ephemeral(service, interest, live))
    if service.receives_encryption:
        keys = told.keys
        extras.append(Mail(interest, keys.to_device, base.accounts.sessions))
        extras.append(KeyNews(interest, keys.device_keys, keys.device_lists, told.rooms))
    return extras
