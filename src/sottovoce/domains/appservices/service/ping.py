"""Whether this server reaches an app service, asked by the app service itself."""

from collections.abc import Callable

import msgspec

from sottovoce.infra.clock import Clock

from ..model import AppService, CallRefused, NotThatAppService
from ..ports import Gateway
from .registry import Registry

TOLD_TEXT_LENGTH = 1000
MAX_TXN_ID_LENGTH = 1000


class Ping:
    """Calls back whoever asks for it. Spec: application-service, Pinging."""

    def __init__(
        self, registry: Registry, gateway: Gateway, clock: Clock, reached: Callable[[AppService], None]
    ) -> None:
        self._registry = registry
        self._gateway = gateway
        self._clock = clock
        self._reached = reached

    async def ping(self, caller: str | None, service_id: str, transaction_id: str | None) -> int:
        """How many milliseconds the app service took to answer, which it did.

        caller: the app service that asks. Raises NotThatAppService, HasNoUrl, CallFailed, CallTimedOut, CallRefused.
        """
        service = self._registry.of_id(service_id)
        if service is None or caller != service_id:
            raise NotThatAppService("Only the app service itself may ask for this")
        body = {} if transaction_id is None else {"transaction_id": transaction_id[:MAX_TXN_ID_LENGTH]}
        began_s = self._clock.monotonic_s()
        reply = await self._gateway.call(service, "POST", ("ping",), {}, msgspec.json.encode(body))
        if not reply.is_success:
            raise CallRefused(reply.status, reply.body.decode("utf-8", "replace")[:TOLD_TEXT_LENGTH])
        self._reached(service)
        return int((self._clock.monotonic_s() - began_s) * 1000)
