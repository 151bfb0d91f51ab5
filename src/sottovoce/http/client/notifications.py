"""What somebody was notified of. Spec: client-server, Listing Notifications."""

import msgspec

from sottovoce.domains.push.model import Notified
from sottovoce.domains.push.service import Notifications
from sottovoce.domains.rooms.model import Reader
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route

DEFAULT_LIMIT = 20
LIMIT_MAX = 100


class NotificationRoutes:
    """The handler of the list."""

    def __init__(self, notifications: Notifications) -> None:
        self._notifications = notifications

    async def list(self, call: Call) -> Json:
        """GET notifications."""
        reader = Reader(call.caller.user_id, call.caller.device_id)
        start, limit = call.query.text("from"), call.query.number("limit", DEFAULT_LIMIT, 1, LIMIT_MAX)
        only_highlights = call.query.text("only") == "highlight"
        page = await self._notifications.page(reader, start, limit, only_highlights=only_highlights)
        end = {} if page.next_token is None else {"next_token": page.next_token}
        return Json({"notifications": [_shown(each) for each in page.notified], **end})


def routes(notifications: Notifications) -> list[Route]:
    """The routes of this section."""
    own = NotificationRoutes(notifications)
    return [Route(method="GET", pattern="/_matrix/client/v3/notifications", handler=own.list)]


def _shown(notified: Notified) -> dict[str, object]:
    return {
        "room_id": notified.room_id,
        "event": msgspec.Raw(notified.event),
        "ts": notified.at_ms,
        "actions": notified.actions,
        "read": notified.is_read,
    }
