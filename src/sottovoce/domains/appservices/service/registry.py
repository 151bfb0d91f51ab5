"""Which app services there are, and what they reserve."""

from collections.abc import Sequence

from sottovoce.protocol.ids import RoomAlias, UserId

from ..model import AppService
from ..rules import hash_of_token


class Registry:
    """Implements accounts.ports.AppServices. What it holds does not change while the server runs."""

    def __init__(self, services: Sequence[AppService] = ()) -> None:
        self._services = tuple(services)
        self._by_token = {service.token_hash: service for service in services}
        self._by_id = {service.id: service for service in services}

    def all(self) -> Sequence[AppService]:
        """Every app service, in the order in which they are registered."""
        return self._services

    def find(self, token: str) -> AppService | None:
        """The app service whose token this is."""
        return self._by_token.get(hash_of_token(token)) if self._by_token else None

    def of_id(self, service_id: str) -> AppService | None:
        """The app service of this id."""
        return self._by_id.get(service_id)

    def reserves_user(self, user_id: UserId) -> bool:
        """Whether only an app service may make an account of this name."""
        return any(service.reserves_user(user_id) for service in self._services)

    def may_name(self, alias: RoomAlias, service_id: str | None) -> bool:
        """Whether this app service, or for None a person, may give a room this alias.

        Spec: application-service, Server admin style permissions.
        """
        mine = None if service_id is None else self._by_id.get(service_id)
        if mine is not None:
            return mine.has_alias(alias)
        return not any(service.reserves_alias(alias) for service in self._services)
