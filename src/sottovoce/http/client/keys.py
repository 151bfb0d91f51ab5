"""Publishing, asking for and claiming keys. Spec: client-server, Key management API."""

import msgspec

from sottovoce.domains.accounts.model import NO_DEVICE
from sottovoce.domains.keys.model import KeysQuery, KeysUpload, Target
from sottovoce.domains.keys.service import Keys
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.refused import missing_param
from sottovoce.http.routing import Route


class _Upload(msgspec.Struct):
    device_keys: dict[str, object] | None = None
    one_time_keys: dict[str, object] | None = None
    fallback_keys: dict[str, object] | None = None


class _Query(msgspec.Struct):
    device_keys: dict[str, list[str]]


class _Claim(msgspec.Struct):
    one_time_keys: dict[str, dict[str, str]]


class KeyRoutes:
    """Handlers of keys."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def upload(self, call: Call) -> Json:
        """POST keys/upload."""
        body, caller = call.decode(_Upload), call.caller
        if caller.device_id == NO_DEVICE:
            raise missing_param("device_id")
        upload = KeysUpload(body.device_keys, body.one_time_keys or {}, body.fallback_keys or {})
        counts = await self._keys.device_keys.upload(Target(caller.user_id, caller.device_id), upload)
        return Json({"one_time_key_counts": counts})

    async def query(self, call: Call) -> Json:
        """POST keys/query."""
        query = KeysQuery(call.caller.user_id, call.decode(_Query).device_keys)
        return Json(await self._keys.queries.query(query))

    async def claim(self, call: Call) -> Json:
        """POST keys/claim."""
        return Json(await self._keys.claims.claim(call.decode(_Claim).one_time_keys))

    async def changes(self, call: Call) -> Json:
        """GET keys/changes."""
        start, end = (call.query.required(name) for name in ("from", "to"))
        lists = await self._keys.device_lists.since(call.caller.user_id, start, end)
        return Json({"changed": sorted(lists.changed), "left": sorted(lists.left)})


def routes(keys: Keys) -> list[Route]:
    """The routes of this section."""
    own = KeyRoutes(keys)
    base = "/_matrix/client/v3/keys"
    return [
        Route(method="POST", pattern=f"{base}/upload", handler=own.upload),
        Route(method="POST", pattern=f"{base}/query", handler=own.query),
        Route(method="POST", pattern=f"{base}/claim", handler=own.claim),
        Route(method="GET", pattern=f"{base}/changes", handler=own.changes),
    ]
