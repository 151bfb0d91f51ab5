"""What app services are told of what happens."""

from collections.abc import Sequence

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.tasks import Tasks

from .model import AppService
from .service import Delivery


class AppServiceFollower:
    """Wakes the deliveries, each of which goes on by itself at the pace of its app service."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        self._deliveries = {delivery.service.id: delivery for delivery in deliveries}

    def begin(self, changes: Changes, tasks: Tasks) -> None:
        """From now on app services are told."""
        for stream in sorted({stream for delivery in self._deliveries.values() for stream in delivery.streams}):
            changes.follow(stream, self.changed)
        for service_id, delivery in self._deliveries.items():
            tasks.keep(f"appservices.deliver.{service_id}", delivery.run)

    def changed(self, change: Change) -> None:
        """Every app service looks whether this concerns it."""
        for delivery in self._deliveries.values():
            delivery.changed(change)

    def reached(self, service: AppService) -> None:
        """The app service answers: what waits for it is sent at once."""
        delivery = self._deliveries.get(service.id)
        if delivery is not None:
            delivery.hurry()
