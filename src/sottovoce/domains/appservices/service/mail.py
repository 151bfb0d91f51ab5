"""Messages to the devices of an app service's users, which come with its transactions instead of with /sync.

They wait in the store of messages until the transaction that told them was taken.
Proposal: MSC4203.
"""

from collections.abc import Sequence

from sottovoce.domains.changes.model import Change
from sottovoce.domains.keys.model import Target
from sottovoce.protocol.ids import UserId

from ..ports import Mailboxes, SignedIn
from ..rules import array, with_field
from .interest import Interest

MESSAGES_TOLD_MAX = 500
"""In one transaction, of all devices together; a device's own part has the bound that its answers to /sync have."""


class Mail:
    """Implements delivery.Extra for one app service."""

    streams: Sequence[str] = ("to_device",)

    def __init__(self, interest: Interest, boxes: Mailboxes, devices: SignedIn) -> None:
        self._interest = interest
        self._boxes = boxes
        self._devices = devices
        self._people: set[UserId] = set()
        """Whose devices may have something waiting."""
        self._newest = 0
        """Where the newest message that may wait stands."""
        self._told: dict[Target, int] = {}
        self.is_behind = False

    async def begin(self, until: int) -> None:
        self._newest = until
        targets = await self._boxes.targets()
        self._people |= {target.user_id for target in targets if self._interest.is_mine(target.user_id)}

    def changed(self, change: Change) -> None:
        self._newest = change.position
        self._people |= {user_id for user_id in change.audience if self._interest.is_mine(user_id)}

    async def collect(self, after: int, until: int, *, is_again: bool) -> dict[str, bytes]:
        """As it says in delivery.Extra: what an earlier run told is, of each device, what has waited longest."""
        self.is_behind = False
        if not self._people:
            return {}
        messages: list[bytes] = []
        self._told = {}
        people = self._people
        self._people = set() if until >= self._newest else set(people)
        devices = await self._devices.devices_of(sorted(people))
        targets = [Target(user_id, device.device_id) for user_id in sorted(devices) for device in devices[user_id]]
        for target in targets:
            if len(messages) >= MESSAGES_TOLD_MAX:
                self._leave(target)
                continue
            waiting, is_all = await self._boxes.waiting(target, 0, until)
            if waiting:
                messages += [_addressed(message.event, target) for message in waiting]
                self._told[target] = waiting[-1].position
            if not is_all:
                self._leave(target)
        return {"de.sorunome.msc2409.to_device": array(messages)} if messages else {}

    def taken(self) -> None:
        for target, position in self._told.items():
            self._boxes.arrived(target, position)
        self._told = {}

    def _leave(self, target: Target) -> None:
        self._people.add(target.user_id)
        self.is_behind = True


def _addressed(event: bytes, target: Target) -> bytes:
    return with_field(with_field(event, "to_user_id", target.user_id), "to_device_id", target.device_id)
