"""A client that knows of the server only what its sliding syncs have told it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.helpers.asgi import Reply
from tests.helpers.people import Person

MERGED = "/_matrix/client/v4/sync"
StateKey = tuple[str, str]
EVERYTHING: dict[str, Any] = {"include": [{}]}
LAZY: dict[str, Any] = {"include": [{}], "lazy_members": True}


def a_list(
    *places: int, required_state: Mapping[str, object] | None = None, timeline_limit: int = 10, **filters: Any
) -> dict[str, Any]:
    """A list of a request: of the rooms at these places (the first and the last), or of all."""
    asked: dict[str, Any] = {"timeline_limit": timeline_limit, "required_state": required_state or {}}
    if places:
        asked["range"] = list(places)
    return asked | ({"filters": filters} if filters else {})


@dataclass
class KnownRoom:
    """What the client knows of a room. timeline: without a gap, the newest last."""

    facts: dict[str, Any] = field(default_factory=dict)
    state: dict[StateKey, str] = field(default_factory=dict)
    timeline: list[str] = field(default_factory=list)
    stripped: list[Any] | None = None

    def hear(self, part: dict[str, Any], *, is_lazy: bool) -> None:
        """Take in what an answer says of the room. is_lazy: members come lazily, and are not all known after a gap."""
        if part.get("initial"):
            self.facts, self.state, self.timeline, self.stripped = {}, {}, [], None
        for name in ("name", "avatar", "heroes", "is_dm", "membership", "joined_count", "invited_count", "bump_stamp"):
            if name in part:
                self.facts[name] = part[name]
        if is_lazy and part.get("limited"):
            self.state = {key: held for key, held in self.state.items() if key[0] != "m.room.member"}
        for event in part.get("required_state", []):
            self.state[event["type"], event["state_key"]] = event["event_id"]
        new = [event["event_id"] for event in part.get("timeline", [])]
        if part.get("limited") or part.get("expanded_timeline"):
            self.timeline = new
        else:
            self.timeline += new
        self.stripped = part.get("stripped_state", self.stripped)


class SlidingClient:
    """Syncs for a person over one connection and keeps what it hears."""

    def __init__(self, person: Person, **body: Any) -> None:
        self.person = person
        self.body = body
        self.pos: str | None = None
        self.to_device_since: str | None = None
        self.counts: dict[str, int] = {}
        self.rooms: dict[str, KnownRoom] = {}
        self.account_data: dict[str, Any] = {}
        self.room_account_data: dict[str, dict[str, Any]] = {}
        self.receipts: dict[str, dict[tuple[str, str], str]] = {}
        self.typing: dict[str, list[str]] = {}
        self.messages: list[Any] = []

    async def asks(self, **body: Any) -> Reply:
        """The reply to one request; what it says is not taken in."""
        asked = self.body | body
        if self.pos is not None:
            asked.setdefault("pos", self.pos)
        if self.to_device_since is not None and "to_device" in asked.get("extensions", {}):
            asked["extensions"]["to_device"]["since"] = self.to_device_since
        return await self.person.request("POST", MERGED, json=asked)

    async def sync(self, **body: Any) -> Any:
        """Hear what is new; the answer itself."""
        reply = await self.asks(**body)
        assert reply.status == 200, f"{reply.status} {reply.body!r}"
        self.hear(reply.json)
        return reply.json

    def hear(self, answer: dict[str, Any]) -> None:
        """Take in an answer."""
        self.pos = answer["pos"]
        self.counts = {name: each["count"] for name, each in answer.get("lists", {}).items()}
        is_lazy = '"lazy_members": true' in json.dumps(self.body)
        for room_id, part in answer.get("rooms", {}).items():
            self.rooms.setdefault(room_id, KnownRoom()).hear(part, is_lazy=is_lazy)
        extensions = answer.get("extensions", {})
        account_data = extensions.get("account_data", {})
        self.account_data |= {event["type"]: event["content"] for event in account_data.get("global", [])}
        for room_id, events in account_data.get("rooms", {}).items():
            kept = self.room_account_data.setdefault(room_id, {})
            kept |= {event["type"]: event["content"] for event in events}
        for room_id, event in extensions.get("receipts", {}).get("rooms", {}).items():
            self._hear_receipts(room_id, event["content"])
        for room_id, event in extensions.get("typing", {}).get("rooms", {}).items():
            self.typing[room_id] = event["content"]["user_ids"]
        if "to_device" in extensions:
            self.messages += extensions["to_device"]["events"]
            self.to_device_since = extensions["to_device"]["next_batch"]

    def _hear_receipts(self, room_id: str, content: dict[str, Any]) -> None:
        given = self.receipts.setdefault(room_id, {})
        for event_id, kinds in content.items():
            for kind, people in kinds.items():
                given |= {(kind, user_id): event_id for user_id in people}
