"""How the present and the news were asked for before /sync. Spec: client-server, the deprecated endpoints.

Told from what /sync tells, in the older form.
"""

from typing import Any

import msgspec

from sottovoce.domains.accounts.model import AccountDataItem
from sottovoce.domains.accounts.service import Accounts
from sottovoce.domains.directory.service import Directory
from sottovoce.domains.rooms.model import Reader
from sottovoce.domains.rooms.service import Rooms
from sottovoce.domains.sync.model import SyncRequest
from sottovoce.domains.sync.service import Sync
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.routing import Route
from sottovoce.http.splicing import json_array
from sottovoce.protocol.filters import Filter, RoomEventFilter, RoomFilter
from sottovoce.protocol.ids import EventId, RoomId, parse_room_id

PAGE_DEFAULT = 10
PAGE_LIMIT = 1000
TIMEOUT_LIMIT_MS = 120_000

_encode = msgspec.json.encode


class OldSyncRoutes:
    """Handlers of initialSync and events."""

    def __init__(self, rooms: Rooms, sync: Sync, directory: Directory, accounts: Accounts) -> None:
        self._rooms = rooms
        self._sync = sync
        self._directory = directory
        self._account_data = accounts.account_data

    async def initial(self, call: Call) -> Json:
        """GET initialSync."""
        limit = call.query.number("limit", PAGE_DEFAULT, 0, PAGE_LIMIT)
        wanted = RoomFilter(include_leave=call.query.flag("archived"), timeline=RoomEventFilter(limit=limit))
        caller = call.caller
        request = SyncRequest(filter=Filter(room=wanted))
        told = msgspec.json.decode(await self._sync.answer(caller.user_id, caller.device_id, request))
        end, rooms = told["next_batch"], told.get("rooms", {})
        shown = [
            await self._room(room_id, part, membership, end)
            for membership in ("join", "leave")
            for room_id, part in rooms.get(membership, {}).items()
        ]
        shown += [{"room_id": room_id, "membership": "invite"} for room_id in rooms.get("invite", {})]
        shown += [{"room_id": room_id, "membership": "knock"} for room_id in rooms.get("knock", {})]
        own = {part: told.get(part, {}).get("events", []) for part in ("presence", "account_data")}
        return Json({"end": end, "rooms": shown, **own})

    async def _room(self, room_id: str, part: dict[str, Any], membership: str, end: str) -> dict[str, object]:
        timeline = part.get("timeline", {})
        messages = {"chunk": _named(timeline.get("events", []), room_id), "end": end}
        if "prev_batch" in timeline:
            messages["start"] = timeline["prev_batch"]
        return {
            "room_id": room_id,
            "membership": membership,
            "messages": messages,
            "state": _named(part.get("state", {}).get("events", []), room_id),
            "account_data": part.get("account_data", {}).get("events", []),
            "visibility": await self._visibility(RoomId(room_id)),
        }

    async def initial_of_room(self, call: Call) -> Json:
        """GET rooms/{room_id}/initialSync."""
        caller, room_id = call.caller, RoomId(call.path["room_id"])
        limit = call.query.number("limit", PAGE_DEFAULT, 1, PAGE_LIMIT)
        shown = await self._rooms.initial(Reader(caller.user_id, caller.device_id), room_id, limit)
        kept = await self._account_data.list_of_room(caller.user_id, room_id)
        body = {
            "room_id": room_id,
            "membership": shown.membership,
            "messages": {"start": shown.start, "end": shown.end, "chunk": json_array(shown.chunk)},
            "state": json_array(shown.state),
            "account_data": json_array(map(_event, kept)),
            "visibility": await self._visibility(room_id),
        }
        return Json(body)

    async def events(self, call: Call) -> Json:
        """GET events: at once, or when there is something to tell; of all rooms or of one."""
        query, caller = call.query, call.caller
        start, named = query.text("from"), query.text("room_id")
        timeout_ms = query.number("timeout", 0, 0, TIMEOUT_LIMIT_MS)
        room_id = None if named is None else parse_room_id(named)
        call.let_go()
        reader = Reader(caller.user_id, caller.device_id)
        page = await self._rooms.events_from(reader, start, room_id, timeout_ms)
        return Json({"start": page.start, "end": page.end, "chunk": json_array(page.chunk)})

    async def event(self, call: Call) -> Json:
        """GET events/{event_id}."""
        reader = Reader(call.caller.user_id, call.caller.device_id)
        return Json(await self._rooms.event_anywhere(reader, EventId(call.path["event_id"])))

    async def _visibility(self, room_id: RoomId) -> str:
        return "public" if await self._directory.lists(room_id) else "private"


def _named(events: list[dict[str, object]], room_id: str) -> list[dict[str, object]]:
    return [event | {"room_id": room_id} for event in events]


def _event(item: AccountDataItem) -> bytes:
    return b'{"type":%b,"content":%b}' % (_encode(item.type), item.content)


def routes(rooms: Rooms, sync: Sync, directory: Directory, accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    own = OldSyncRoutes(rooms, sync, directory, accounts)
    client = "/_matrix/client/v3"
    return [
        Route(method="GET", pattern=f"{client}/initialSync", handler=own.initial, limit="room"),
        Route(method="GET", pattern=f"{client}/rooms/{{room_id}}/initialSync", handler=own.initial_of_room),
        Route(method="GET", pattern=f"{client}/events", handler=own.events, limit="sync", waits=True),
        Route(method="GET", pattern=f"{client}/events/{{event_id}}", handler=own.event),
    ]
