"""Calling app services."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from sottovoce.infra.outbound_http import OutboundFailed, OutboundHttp

from .model import AppService, AppServiceReply, CallFailed, CallTimedOut, HasNoUrl

ANSWER_WITHIN_S = 60.0
REPLY_LIMIT_BYTES = 4 * 1024 * 1024
"""Lists of what another network has may be long."""

_V1 = "/_matrix/app/v1"
_BEFORE_V1 = {"transactions": "", "users": "", "rooms": "", "thirdparty": "/_matrix/app/unstable"}


class AppServiceGateway:
    """Implements ports.Gateway. Whoever runs the server wrote the addresses: private ones are called too."""

    def __init__(self, http: OutboundHttp) -> None:
        self._http = http

    async def call(
        self,
        service: AppService,
        method: str,
        path: Sequence[str],
        query: Mapping[str, str],
        body: bytes | None,
        *,
        within_s: float | None = None,
    ) -> AppServiceReply:
        limit_s = ANSWER_WITHIN_S if within_s is None else within_s
        reply = await self._send(service, method, _V1, path, query, body, limit_s)
        older = _BEFORE_V1.get(path[0])
        if reply.is_success or older is None or reply.status in (401, 403):
            return reply
        second = await self._send(service, method, older, path, query, body, limit_s)
        return second if second.is_success else reply

    async def _send(
        self,
        service: AppService,
        method: str,
        base: str,
        path: Sequence[str],
        query: Mapping[str, str],
        body: bytes | None,
        within_s: float,
    ) -> AppServiceReply:
        if service.url is None:
            raise HasNoUrl("The app service has no address")
        below = "".join(f"/{quote(segment, safe='')}" for segment in path)
        asked = f"?{urlencode(query)}" if query else ""
        headers = {"Authorization": f"Bearer {service.hs_token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            status, _, answered = await self._http.send(
                method,
                f"{service.url}{base}{below}{asked}",
                headers=headers,
                body=body or b"",
                within_s=within_s,
                reply_limit_bytes=REPLY_LIMIT_BYTES,
            )
        except OutboundFailed as cause:
            raise (CallTimedOut if _is_late(cause) else CallFailed)(
                f"The app service was not reached: {cause}"
            ) from cause
        return AppServiceReply(status, answered)


def _is_late(failure: OutboundFailed) -> bool:
    cause = failure.__cause__
    return isinstance(cause, TimeoutError) or "Timeout" in type(cause).__name__
