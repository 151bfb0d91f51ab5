"""Keys for signing devices and people, and signatures. Spec: client-server, Cross-signing."""

import msgspec

from sottovoce.domains.keys.model import MASTER, SELF_SIGNING, USER_SIGNING
from sottovoce.domains.keys.service import Keys
from sottovoce.http.answers import EMPTY, Json
from sottovoce.http.call import Call
from sottovoce.http.errors import answer_to
from sottovoce.http.routing import Route


class _Keys(msgspec.Struct):
    master_key: dict[str, object] | None = None
    self_signing_key: dict[str, object] | None = None
    user_signing_key: dict[str, object] | None = None
    auth: dict[str, object] | None = None


Signed = dict[str, dict[str, dict[str, object]]]


class CrossSigningRoutes:
    """Handlers of cross-signing."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def upload(self, call: Call) -> Json:
        """POST keys/device_signing/upload."""
        body = call.decode(_Keys)
        given = {MASTER: body.master_key, SELF_SIGNING: body.self_signing_key, USER_SIGNING: body.user_signing_key}
        uploaded = {usage: key for usage, key in given.items() if key is not None}
        await self._keys.cross_signing.upload(call.caller, call.client_ip, body.auth, uploaded)
        return EMPTY

    async def sign(self, call: Call) -> Json:
        """POST keys/signatures/upload."""
        failures = await self._keys.signatures.upload(call.caller.user_id, call.decode(Signed))
        told = {owner: {key: _told(failure) for key, failure in theirs.items()} for owner, theirs in failures.items()}
        return Json({"failures": told})


def _told(failure: Exception) -> object:
    answer = answer_to(failure)
    assert answer is not None, "failures are errors of the domain"
    return answer.body


def routes(keys: Keys) -> list[Route]:
    """The routes of this section."""
    own = CrossSigningRoutes(keys)
    base = "/_matrix/client/v3/keys"
    return [
        Route(method="POST", pattern=f"{base}/device_signing/upload", handler=own.upload),
        Route(method="POST", pattern=f"{base}/signatures/upload", handler=own.sign),
    ]
