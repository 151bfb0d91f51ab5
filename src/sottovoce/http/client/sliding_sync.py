"""Only the rooms one looks at. Spec: MSC4186.

Two forms: the merged one, and the one before it that clients in use speak. What differs is how the request is read
(`sliding_request.py`) and what fields are called in the answer (`sliding_answer.py`).
"""

from sottovoce.domains.sync.service import SlidingSync
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.client.sliding_answer import MERGED, UNSTABLE, Wording, written
from sottovoce.http.client.sliding_request import Asked, merged_request, unstable_request
from sottovoce.http.routing import Route


class SlidingSyncRoutes:
    """The handlers of both forms."""

    def __init__(self, sync: SlidingSync) -> None:
        self._sync = sync

    async def merged(self, call: Call) -> Json:
        """POST v4/sync."""
        return await self._answer(call, merged_request(call), MERGED)

    async def unstable(self, call: Call) -> Json:
        """POST unstable/org.matrix.simplified_msc3575/sync."""
        return await self._answer(call, unstable_request(call), UNSTABLE)

    async def _answer(self, call: Call, asked: Asked, wording: Wording) -> Json:
        call.let_go()
        answer = await self._sync.answer(call.caller.user_id, call.caller.device_id, asked.request)
        return Json(written(answer, wording, asked))


def routes(sync: SlidingSync) -> list[Route]:
    """The routes of this section."""
    own = SlidingSyncRoutes(sync)
    unstable = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
    return [
        Route(method="POST", pattern="/_matrix/client/v4/sync", handler=own.merged, limit="sync", waits=True),
        Route(method="POST", pattern=unstable, handler=own.unstable, limit="sync", waits=True),
    ]
