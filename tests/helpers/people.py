"""People who use a server, in words close to what they do."""

import itertools
from collections.abc import Mapping
from typing import Any

from tests.helpers.asgi import Application, AsgiClient, Reply, segment

CLIENT = "/_matrix/client/v3"


class Person(AsgiClient):
    """Somebody signed in on one device. Paths are below `/_matrix/client/v3`, unless they begin at the root."""

    _txn_numbers = itertools.count(1)

    def __init__(self, app: Application, user_id: str, device_id: str, token: str) -> None:
        super().__init__(app, token)
        self.user_id = user_id
        self.device_id = device_id

    async def request(self, method: str, path: str, **options: Any) -> Reply:
        return await super().request(method, path if path.startswith("/_") else f"{CLIENT}/{path}", **options)

    async def done(self, method: str, path: str, json: object = None, **options: Any) -> Any:
        """The body of a reply that must be a success."""
        reply = await self.request(method, path, json=json, **options)
        assert reply.status == 200, f"{method} {path}: {reply.status} {reply.body!r}"
        return reply.json

    async def creates_room(self, **body: object) -> str:
        """The id of a new room."""
        room_id: str = (await self.done("POST", "createRoom", body))["room_id"]
        return room_id

    async def joins(self, room_id: str) -> None:
        await self.done("POST", room(room_id, "join"), {})

    async def leaves(self, room_id: str) -> None:
        await self.done("POST", room(room_id, "leave"), {})

    async def invites(self, room_id: str, other: "Person") -> None:
        await self.done("POST", room(room_id, "invite"), {"user_id": other.user_id})

    async def sends(
        self, room_id: str, event_type: str, content: Mapping[str, object], txn_id: str | None = None
    ) -> str:
        """The id of a new event."""
        txn_id = txn_id or f"t{next(self._txn_numbers)}"
        event_id: str = (await self.done("PUT", room(room_id, "send", event_type, txn_id), content))["event_id"]
        return event_id

    async def says(self, room_id: str, text: str) -> str:
        """The id of a new message."""
        return await self.sends(room_id, "m.room.message", {"msgtype": "m.text", "body": text})

    async def sets(self, room_id: str, event_type: str, content: Mapping[str, object], state_key: str = "") -> str:
        """The id of the event that now holds this piece of state."""
        event_id: str = (await self.done("PUT", room(room_id, "state", event_type, state_key), content))["event_id"]
        return event_id

    async def syncs(self, since: str | None = None, **query: object) -> Any:
        """The body of a sync."""
        if since is not None:
            query["since"] = since
        return await self.done("GET", "sync", query=query)

    async def reads(self, room_id: str, **query: object) -> list[str]:
        """The texts of the messages in a page of the timeline, newest first unless asked otherwise."""
        page = await self.done("GET", room(room_id, "messages"), query={"dir": "b", "limit": 100} | query)
        return texts(page["chunk"])


def room(room_id: str, *rest: str) -> str:
    """The path of something about a room."""
    return "/".join(["rooms", *(segment(part) for part in (room_id, *rest))])


def texts(events: list[dict[str, Any]]) -> list[str]:
    """What the messages among these events say."""
    return [event["content"]["body"] for event in events if event["type"] == "m.room.message" and event["content"]]
