"""Where people want to be told. Spec: client-server, Push Notifications; MSC4174."""

import msgspec

from sottovoce.domains.push.model import Pusher, SetPusher
from sottovoce.domains.push.service import Pushers
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route

_ACTIVATE_FIRST = Json(b"{}", 201)


class _Ack(msgspec.Struct):
    app_id: str
    ack_token: str


class PusherRoutes:
    """Handlers of pushers."""

    def __init__(self, pushers: Pushers) -> None:
        self._pushers = pushers

    async def list(self, call: Call) -> Json:
        """GET pushers."""
        return Json({"pushers": [_shown(pusher) for pusher in await self._pushers.list(call.caller.user_id)]})

    async def set(self, call: Call) -> Json:
        """POST pushers/set."""
        caller = call.caller
        is_waiting = await self._pushers.set(caller.user_id, caller.device_id, call.decode(SetPusher))
        return _ACTIVATE_FIRST if is_waiting else EMPTY

    async def acknowledge(self, call: Call) -> Json:
        """POST pushers/ack."""
        ack = call.decode(_Ack)
        await self._pushers.activate(call.caller.user_id, ack.app_id, ack.ack_token)
        return EMPTY


def routes(pushers: Pushers) -> list[Route]:
    """The routes of this section."""
    own = PusherRoutes(pushers)
    base = "/_matrix/client"
    return [
        Route(method="GET", pattern=f"{base}/v3/pushers", handler=own.list),
        Route(method="POST", pattern=f"{base}/v3/pushers/set", handler=own.set, limit="pusher"),
        Route(method="POST", pattern=f"{base}/unstable/org.matrix.msc4174/pushers/ack", handler=own.acknowledge),
    ]


def _shown(pusher: Pusher) -> dict[str, object]:
    said = pusher.said
    activated = {"activated": pusher.is_active} if pusher.is_web_push else {}
    tag = {} if said.profile_tag is None else {"profile_tag": said.profile_tag}
    return {
        "pushkey": pusher.key.pushkey,
        "app_id": pusher.key.app_id,
        "kind": pusher.kind,
        "app_display_name": said.app_display_name,
        "device_display_name": said.device_display_name,
        "lang": said.lang,
        "data": {**said.data, **activated},
        **tag,
        **activated,
    }
