"""Whoever has followed along knows what whoever comes fresh is told: initial + increments = initial."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sottovoce.domains.changes.service as changes_service
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer
from tests.helpers.sync_client import SyncClient

NAMES = ("alice", "bob", "carol")
PEOPLE = st.integers(0, len(NAMES) - 1)
ROOMS = st.integers(0, 1)
FILTERS: tuple[dict[str, object], ...] = (
    {},
    {"filter": '{"room":{"timeline":{"limit":2}}}'},
    {"filter": '{"room":{"state":{"lazy_load_members":true},"timeline":{"limit":3}}}'},
)

ACTIONS = st.one_of(
    st.tuples(st.just("sync"), PEOPLE),
    st.tuples(st.just("say"), PEOPLE, ROOMS, st.integers(1, 3)),
    st.tuples(st.sampled_from(["name", "topic"]), PEOPLE, ROOMS, st.integers(0, 2)),
    st.tuples(st.sampled_from(["invite", "kick", "ban", "unban"]), PEOPLE, ROOMS, PEOPLE),
    st.tuples(st.sampled_from(["join", "leave", "forget", "knock"]), PEOPLE, ROOMS),
    st.tuples(st.just("redact"), PEOPLE, ROOMS),
    st.tuples(st.sampled_from(["read", "read privately", "read in main"]), PEOPLE, ROOMS),
    st.tuples(st.just("show"), PEOPLE, ROOMS, st.sampled_from(["joined", "invited", "shared", "world_readable"])),
    st.tuples(st.just("empower"), PEOPLE, ROOMS, st.integers(0, 1)),
    st.tuples(st.just("call oneself"), PEOPLE, st.integers(0, 2)),
    st.tuples(st.just("keep"), PEOPLE, st.one_of(st.none(), ROOMS), st.integers(0, 2)),
    st.tuples(st.just("restart")),
)


class World:
    """Three people, two rooms, and a client of each that follows along."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.people: list[Person] = []
        self.rooms: list[str] = []
        self.said: dict[str, list[str]] = {}
        self.clients: list[SyncClient] = []

    async def begin(self) -> None:
        self.people = [await self.server.person(name) for name in NAMES]
        alice, bob, carol = self.people
        knocking = {"type": "m.room.join_rules", "content": {"join_rule": "knock"}}
        self.rooms = [
            await alice.creates_room(invite=[bob.user_id, carol.user_id], power_level_content_override={"redact": 0}),
            await bob.creates_room(initial_state=[knocking]),
        ]
        self.said = {room_id: [] for room_id in self.rooms}
        self.clients = [SyncClient(person, **query) for person, query in zip(self.people, FILTERS, strict=True)]

    async def do(self, action: tuple[Any, ...]) -> None:
        """What somebody tries; the rules may refuse it."""
        match action:
            case ("sync", who):
                await self.clients[who].sync()
            case ("restart",):
                await self._restart()
            case ("call oneself", who, number):
                await self._put(who, f"profile/{self.people[who].user_id}/displayname", {"displayname": f"N{number}"})
            case ("show", who, where, visibility):
                path = room(self.rooms[where], "state", "m.room.history_visibility")
                await self._put(who, path, {"history_visibility": visibility})
            case ("keep", who, where, number):
                path = f"user/{self.people[who].user_id}/"
                path += "account_data/it.test" if where is None else room(self.rooms[where], "account_data", "it.test")
                await self._put(who, path, {"number": number})
            case (verb, who, where, *rest):
                await self._in_room(verb, who, self.rooms[where], *rest)

    async def _in_room(self, verb: str, who: int, room_id: str, *rest: int) -> None:
        said = self.said[room_id]
        match verb:
            case "say":
                for _ in range(rest[0]):
                    path = room(room_id, "send", "m.room.message", f"t{len(said)}")
                    reply = await self._put(who, path, {"msgtype": "m.text", "body": str(len(said))})
                    said.append(reply.get("event_id", ""))
            case "name" | "topic":
                await self._put(who, room(room_id, "state", f"m.room.{verb}"), {verb: str(rest[0])})
            case "redact":
                await self._put(who, room(room_id, "redact", said[-1] if said else "$none", f"r{len(said)}"), {})
            case "read" | "read in main":
                thread = {"thread_id": "main"} if verb == "read in main" else {}
                await self._post(who, room(room_id, "receipt", "m.read", said[-1] if said else "$none"), thread)
            case "read privately":
                await self._post(who, room(room_id, "receipt", "m.read.private", said[-1] if said else "$none"), {})
            case "empower":
                content = {"events_default": rest[0], "redact": 0, "users": {self.people[0].user_id: 100}}
                await self._put(who, room(room_id, "state", "m.room.power_levels"), content)
            case "knock":
                await self._post(who, f"knock/{room_id}", {})
            case "invite" | "kick" | "ban" | "unban":
                await self._post(who, room(room_id, verb), {"user_id": self.people[rest[0]].user_id})
            case _:
                await self._post(who, room(room_id, verb), {})

    async def _put(self, who: int, path: str, body: object) -> Any:
        return await self._tried(who, "PUT", path, body)

    async def _post(self, who: int, path: str, body: object) -> Any:
        return await self._tried(who, "POST", path, body)

    async def _tried(self, who: int, method: str, path: str, body: object) -> Any:
        reply = await self.people[who].request(method, path, json=body)
        assert reply.status in (200, 400, 403, 404), f"{method} {path}: {reply.status} {reply.body!r}"
        return reply.json

    async def _restart(self) -> None:
        await self.server.stop()
        await self.server.start()
        for person in self.people:
            person.app = self.server.app.http

    async def check(self) -> None:
        """Each client that followed along knows what a fresh one is told."""
        await self.server.settle()
        for client in self.clients:
            await client.sync()
            fresh = SyncClient(client.person, **client.query)
            await fresh.sync()
            compare(client, fresh)


def compare(followed: SyncClient, fresh: SyncClient) -> None:
    assert set(followed.rooms) == set(fresh.rooms)
    assert set(followed.invited) == set(fresh.invited)
    assert set(followed.knocked) == set(fresh.knocked)
    assert followed.account_data == fresh.account_data
    for room_id, new in fresh.rooms.items():
        old = followed.rooms[room_id]
        # Lazily loaded, the fresh one may know fewer members; none differently.
        assert {key: old.state.get(key) for key in new.state} == new.state
        if "lazy" not in str(followed.query):
            assert set(old.state) == set(new.state)
        shorter = min(len(old.timeline), len(new.timeline))
        assert ids(old.timeline[-shorter:]) == ids(new.timeline[-shorter:])
        assert new.account_data == old.account_data
        assert new.receipts == old.receipts
        assert new.unread == old.unread
        # Of a room that has a name meanwhile the fresh one is not told whom to call it by.
        assert {key: old.summary.get(key) for key in new.summary} == new.summary
        speakers = {("m.room.member", event["sender"]) for event in new.timeline}
        assert speakers <= set(new.state)


def ids(events: list[Any]) -> list[str]:
    return [event["event_id"] for event in events]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(ACTIONS, min_size=5, max_size=25), remembered=st.sampled_from([3, 8192]))
def test_whoever_followed_along_knows_what_whoever_comes_fresh_is_told(
    new_database: Callable[[], str | None],
    monkeypatch: pytest.MonkeyPatch,
    actions: list[tuple[Any, ...]],
    remembered: int,
) -> None:
    monkeypatch.setattr(changes_service, "REMEMBERED_CHANGES", remembered)
    asyncio.run(follow(actions, new_database()))


async def follow(actions: list[tuple[Any, ...]], database: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder), database=database, presence="off")
        await server.start()
        try:
            world = World(server)
            await world.begin()
            for client in world.clients:
                await client.sync()
            for action in actions:
                await world.do(action)
            await world.check()
        finally:
            await server.stop()
