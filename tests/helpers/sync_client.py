"""A client that knows of the server only what its syncs have told it."""

from dataclasses import dataclass, field
from typing import Any

from tests.helpers.people import Person

StateKey = tuple[str, str]


@dataclass
class KnownRoom:
    """What the client knows of a room it is in. timeline: without a gap, the newest last."""

    state: dict[StateKey, Any] = field(default_factory=dict)
    timeline: list[Any] = field(default_factory=list)
    account_data: dict[str, Any] = field(default_factory=dict)
    receipts: dict[tuple[str, str], str] = field(default_factory=dict)
    unread: Any = None
    summary: dict[str, Any] = field(default_factory=dict)

    def hear(self, part: dict[str, Any]) -> None:
        """Take in what an answer says of the room."""
        for event in part.get("state", {}).get("events", []):
            self._set_state(event)
        timeline = part.get("timeline", {})
        if timeline.get("limited"):
            self.timeline.clear()
        for event in timeline.get("events", []):
            self.timeline.append(event)
            self._set_state(event)
        for event in part.get("account_data", {}).get("events", []):
            self.account_data[event["type"]] = event["content"]
        for event in part.get("ephemeral", {}).get("events", []):
            self._hear_receipts(event)
        self.unread = part.get("unread_notifications", self.unread)
        self.summary |= part.get("summary", {})

    def _set_state(self, event: Any) -> None:
        if "state_key" in event:
            self.state[event["type"], event["state_key"]] = event["event_id"]

    def _hear_receipts(self, event: Any) -> None:
        if event["type"] == "m.receipt":
            for event_id, kinds in event["content"].items():
                for kind, people in kinds.items():
                    self.receipts |= {(kind, user_id): event_id for user_id in people}


class SyncClient:
    """Syncs for a person and keeps what it hears."""

    def __init__(self, person: Person, **query: object) -> None:
        self.person = person
        self.query = query
        self.since: str | None = None
        self.rooms: dict[str, KnownRoom] = {}
        self.invited: dict[str, list[Any]] = {}
        self.knocked: dict[str, list[Any]] = {}
        self.account_data: dict[str, Any] = {}

    async def sync(self, **query: object) -> Any:
        """Hear what is new; the answer itself."""
        answer = await self.person.syncs(self.since, **(self.query | query))
        self.hear(answer)
        return answer

    def hear(self, answer: dict[str, Any]) -> None:
        """Take in an answer."""
        self.since = answer["next_batch"]
        rooms = answer.get("rooms", {})
        for room_id in (*rooms.get("join", ()), *rooms.get("leave", ())):
            self.invited.pop(room_id, None)
            self.knocked.pop(room_id, None)
        for room_id in (*rooms.get("invite", ()), *rooms.get("knock", ()), *rooms.get("leave", ())):
            self.rooms.pop(room_id, None)
        for room_id, part in rooms.get("join", {}).items():
            self.rooms.setdefault(room_id, KnownRoom()).hear(part)
        self.invited |= {room_id: part["invite_state"]["events"] for room_id, part in rooms.get("invite", {}).items()}
        self.knocked |= {room_id: part["knock_state"]["events"] for room_id, part in rooms.get("knock", {}).items()}
        for event in answer.get("account_data", {}).get("events", []):
            self.account_data[event["type"]] = event["content"]
