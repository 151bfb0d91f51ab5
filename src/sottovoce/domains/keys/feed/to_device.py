"""Messages to the device in /sync."""

from sottovoce.domains.changes.model import SyncAnswer, SyncAsk

from ..model import Target
from ..service import ToDevice


class ToDeviceFeed:
    """Implements changes.ports.Feed."""

    stream = "to_device"

    def __init__(self, to_device: ToDevice) -> None:
        self._to_device = to_device

    async def contribute(self, ask: SyncAsk, answer: SyncAnswer) -> None:
        """The answer has the oldest messages that wait for the device, and says where it ends if there are more."""
        after = 0 if ask.since is None else ask.since.received
        device = Target(ask.user_id, ask.device_id)
        messages, is_all = await self._to_device.waiting(device, after, ask.now.log)
        answer.to_device = [message.event for message in messages]
        answer.to_device_until = None if is_all else messages[-1].position
