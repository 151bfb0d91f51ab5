"""Reading rooms: timeline, single events, state, members. Spec: client-server, Getting events for a room."""

import msgspec

from sottovoce.domains.rooms.model import Reader
from sottovoce.domains.rooms.service import Rooms
from sottovoce.http.answers import Json
from sottovoce.http.call import Call
from sottovoce.http.filters import room_event_filter
from sottovoce.http.refused import Refused, invalid_param
from sottovoce.http.routing import Route
from sottovoce.http.splicing import json_array
from sottovoce.protocol.ids import EventId, RoomId

UNREDACTED = "fi.mau.msc2815.include_unredacted_content"
PAGE_DEFAULT = 10
PAGE_LIMIT = 1000
MEMBERSHIPS = ("join", "invite", "knock", "leave", "ban")


class _Messages(msgspec.Struct, omit_defaults=True):
    chunk: msgspec.Raw
    start: str
    end: str | None = None
    state: msgspec.Raw | None = None


class _Context(msgspec.Struct):
    start: str
    end: str
    event: msgspec.Raw
    events_before: msgspec.Raw
    events_after: msgspec.Raw
    state: msgspec.Raw


class _Members(msgspec.Struct):
    chunk: msgspec.Raw


class ReadRoutes:
    """Handlers of everything that reads a room."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def messages(self, call: Call) -> Json:
        """GET rooms/{room_id}/messages."""
        query = call.query
        page = await self._rooms.messages(
            _reader(call),
            _room(call),
            query.text("from"),
            query.text("to"),
            call.query.is_backwards(),
            _limit(call, low=1),
            room_event_filter(query),
        )
        state = json_array(page.state) if page.state else None
        return Json(_Messages(json_array(page.chunk), page.start, page.end, state))

    async def event(self, call: Call) -> Json:
        """GET rooms/{room_id}/event/{event_id}."""
        reader, room_id, event_id = _reader(call), _room(call), EventId(call.path["event_id"])
        if call.query.flag(UNREDACTED):
            if not call.caller.is_admin:
                raise Refused(403, "M_FORBIDDEN", "Only an administrator may see what was redacted")
            return Json(await self._rooms.unredacted(reader, room_id, event_id))
        return Json(await self._rooms.event(reader, room_id, event_id))

    async def context(self, call: Call) -> Json:
        """GET rooms/{room_id}/context/{event_id}."""
        found = await self._rooms.context(
            _reader(call),
            _room(call),
            EventId(call.path["event_id"]),
            _limit(call, low=0),
            room_event_filter(call.query),
        )
        before, after, state = (json_array(part) for part in (found.events_before, found.events_after, found.state))
        return Json(_Context(found.start, found.end, msgspec.Raw(found.event), before, after, state))

    async def state(self, call: Call) -> Json:
        """GET rooms/{room_id}/state."""
        return Json(bytes(json_array(await self._rooms.state(_reader(call), _room(call)))))

    async def state_event(self, call: Call) -> Json:
        """GET rooms/{room_id}/state/{event_type}, with or without a state key."""
        form = call.query.text("format") or "content"
        if form not in ("content", "event"):
            raise invalid_param("format", "must be content or event")
        path = call.path
        return Json(
            await self._rooms.state_event(
                _reader(call), _room(call), path["event_type"], path.get("state_key", ""), form == "event"
            )
        )

    async def members(self, call: Call) -> Json:
        """GET rooms/{room_id}/members."""
        chunk = await self._rooms.members(
            _reader(call),
            _room(call),
            call.query.text("at"),
            _membership(call, "membership"),
            _membership(call, "not_membership"),
        )
        return Json(_Members(json_array(chunk)))

    async def joined_members(self, call: Call) -> Json:
        """GET rooms/{room_id}/joined_members."""
        return Json({"joined": await self._rooms.joined_members(_reader(call), _room(call))})


def _reader(call: Call) -> Reader:
    return Reader(call.caller.user_id, call.caller.device_id)


def _room(call: Call) -> RoomId:
    return RoomId(call.path["room_id"])


def _limit(call: Call, low: int) -> int:
    return call.query.number("limit", PAGE_DEFAULT, low, PAGE_LIMIT)


def _membership(call: Call, name: str) -> str | None:
    membership = call.query.text(name)
    if membership is not None and membership not in MEMBERSHIPS:
        raise invalid_param(name, "no such membership")
    return membership


def routes(rooms: Rooms) -> list[Route]:
    """The routes of this section."""
    own = ReadRoutes(rooms)
    room = "/_matrix/client/v3/rooms/{room_id}"
    handlers = {
        f"{room}/messages": own.messages,
        f"{room}/event/{{event_id}}": own.event,
        f"{room}/context/{{event_id}}": own.context,
        f"{room}/state": own.state,
        f"{room}/state/{{event_type}}": own.state_event,
        f"{room}/state/{{event_type}}/": own.state_event,
        f"{room}/state/{{event_type}}/{{state_key}}": own.state_event,
        f"{room}/members": own.members,
        f"{room}/joined_members": own.joined_members,
    }
    return [Route(method="GET", pattern=pattern, handler=handler) for pattern, handler in handlers.items()]
