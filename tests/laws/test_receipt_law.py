"""Receipts and markers never move back, whatever is sent in whatever order; who syncs along hears of no step back."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.people import room
from tests.helpers.server import RunningServer

EVENTS = 6
ROOT = 2
"""Which of the events begins a thread; those after it with an odd number are in it."""
KINDS = ("m.read", "m.read.private", "m.fully_read")

GIVEN = st.tuples(st.integers(0, EVENTS - 1), st.sampled_from(KINDS), st.sampled_from((None, "main", "thread")))
STEPS = st.lists(st.one_of(GIVEN, st.just("restart"), st.just("sync")), min_size=1, max_size=12)

Key = tuple[str, str | None]


class Chat:
    """Somebody reading along in a chat, on two devices; and how far each receipt is told to be."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.events: list[str] = []
        self.reached: dict[Key, int] = {}
        self.heard: dict[Key, int] = {}
        self.since: str | None = None

    async def begin(self) -> None:
        self.reader = await self.server.person("reader")
        self.room_id = await self.reader.creates_room()
        for number in range(EVENTS):
            content: dict[str, Any] = {"msgtype": "m.text", "body": str(number)}
            if self._thread_of(number) is not None:
                content["m.relates_to"] = {"rel_type": "m.thread", "event_id": self.events[ROOT]}
            self.events.append(await self.reader.sends(self.room_id, "m.room.message", content))

    async def give(self, number: int, kind: str, thread: str | None) -> None:
        """A receipt is sent; one that makes no sense is refused and changes nothing."""
        body = {} if thread is None else {"thread_id": "main" if thread == "main" else self.events[ROOT]}
        path = room(self.room_id, "receipt", kind, self.events[number])
        reply = await self.reader.request("POST", path, json=body)
        makes_sense = kind != "m.fully_read" if thread is not None else True
        if thread == "main":
            makes_sense = makes_sense and self._thread_of(number) is None
        elif thread == "thread":
            makes_sense = makes_sense and (self._thread_of(number) is not None or number == ROOT)
        assert reply.status == (200 if makes_sense else 400)
        if makes_sense:
            key = (kind, body.get("thread_id"))
            self.reached[key] = max(self.reached.get(key, -1), number)

    async def hear(self) -> None:
        """What is new since the last sync goes forward, and is where the receipts are."""
        answer = await self.reader.syncs(self.since)
        self.since = answer["next_batch"]
        for key, number in self._told(answer).items():
            assert number >= self.heard.get(key, -1), f"{key} went back"
            self.heard[key] = number
        assert self.heard == self.reached

    async def check(self) -> None:
        """Whoever comes fresh is told the same."""
        await self.hear()
        assert self._told(await self.reader.syncs()) == self.reached

    async def restart(self) -> None:
        await self.server.stop()
        await self.server.start()
        self.reader.app = self.server.app.http

    def _thread_of(self, number: int) -> int | None:
        return ROOT if number > ROOT and number % 2 else None

    def _told(self, answer: Any) -> dict[Key, int]:
        part = answer.get("rooms", {}).get("join", {}).get(self.room_id, {})
        told: dict[Key, int] = {}
        for event in part.get("ephemeral", {}).get("events", []):
            for event_id, kinds in event["content"].items():
                for kind, people in kinds.items():
                    thread_id = people[self.reader.user_id].get("thread_id")
                    told[kind, thread_id] = self.events.index(event_id)
        for event in part.get("account_data", {}).get("events", []):
            if event["type"] == "m.fully_read":
                told["m.fully_read", None] = self.events.index(event["content"]["event_id"])
        return told


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_receipts_never_move_back(new_database: Callable[[], str | None], steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder), database=new_database())
        await server.start()
        try:
            chat = Chat(server)
            await chat.begin()
            for step in steps:
                match step:
                    case "restart":
                        await chat.restart()
                    case "sync":
                        await chat.hear()
                    case _:
                        await chat.give(*step)
            await chat.check()
        finally:
            await server.stop()
