"""What was redacted is nowhere: in no row of any table, in nothing that is kept in memory, in no answer to anybody."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sottovoce.infra.db.model import Database, Query
from tests.helpers.people import Person, room
from tests.helpers.reachable import texts_in
from tests.helpers.server import RunningServer

PEOPLE = st.integers(0, 1)
NUMBERS = st.integers(0, 99)
ACTIONS = st.one_of(
    st.tuples(st.sampled_from(["say", "answer", "edit", "react", "name", "topic", "own state"]), PEOPLE, NUMBERS),
    st.tuples(st.sampled_from(["sync", "read", "leave and return"]), PEOPLE),
    st.tuples(st.just("redact"), PEOPLE, NUMBERS),
    st.tuples(st.just("restart")),
)
_TABLES = {
    "sqlite": Query("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"),
    "postgresql": Query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"),
}


class World:
    """Two people in a room, and what they have said there. Each text is unlike any other."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.people: list[Person] = []
        self.room_id = ""
        self.said: list[tuple[str, str]] = []
        self.redacted: set[str] = set()
        self.redactions = 0
        self.tokens: list[str] = []

    async def begin(self) -> None:
        self.people = [await self.server.person("alice"), await self.server.person("bob")]
        alice, bob = self.people
        levels = {"redact": 0, "state_default": 0, "events": {}}
        self.room_id = await alice.creates_room(invite=[bob.user_id], power_level_content_override=levels)
        await bob.joins(self.room_id)
        self.tokens = [(await person.syncs())["next_batch"] for person in self.people]

    async def do(self, action: tuple[Any, ...]) -> None:
        """What somebody does."""
        match action:
            case ("restart",):
                await self.server.stop()
                await self.server.start()
                for person in self.people:
                    person.app = self.server.app.http
            case ("sync", who):
                await self.people[who].syncs(self.tokens[who])
            case ("read", who):
                await answers_to(self.people[who], self.room_id, [event_id for event_id, _ in self.said])
            case ("leave and return", who):
                other = self.people[1 - who]
                await self.people[who].leaves(self.room_id)
                await other.invites(self.room_id, self.people[who])
                await self.people[who].joins(self.room_id)
            case ("redact", who, number):
                await self._redact(self.people[who], number)
            case (verb, who, number):
                await self._say(verb, self.people[who], number)

    async def _say(self, verb: str, person: Person, number: int) -> None:
        text = f"parola-{len(self.said):04}-segreta"
        message: dict[str, Any] = {"msgtype": "m.text", "body": text}
        target = self.said[number % len(self.said)][0] if self.said else "$nothing"
        match verb:
            case "answer":
                message["m.relates_to"] = {"rel_type": "m.thread", "event_id": target}
            case "edit":
                message |= {"m.new_content": {"msgtype": "m.text", "body": text}}
                message["m.relates_to"] = {"rel_type": "m.replace", "event_id": target}
        path, content = room(self.room_id, "send", "m.room.message", f"t{len(self.said)}"), message
        match verb:
            case "react":
                relation = {"rel_type": "m.annotation", "event_id": target, "key": text}
                path = room(self.room_id, "send", "m.reaction", f"t{len(self.said)}")
                content = {"m.relates_to": relation}
            case "name" | "topic":
                path, content = room(self.room_id, "state", f"m.room.{verb}"), {verb: text}
            case "own state":
                path = room(self.room_id, "state", "it.test", person.user_id)
                content = {"text": text, "nested": [{"deep": text}]}
        reply = await person.put(path, content)
        assert reply.status in (200, 400), reply.body
        if reply.status == 200:
            self.said.append((reply.json["event_id"], text))

    async def _redact(self, person: Person, number: int) -> None:
        if self.said:
            event_id, text = self.said[number % len(self.said)]
            path = room(self.room_id, "redact", event_id, f"r{self.redactions}")
            self.redactions += 1
            await person.done("PUT", path, {})
            self.redacted.add(text)

    async def check(self) -> None:
        """Nothing that was redacted is anywhere; what was not is still told (so that this looks in the right place)."""
        await self.server.settle()
        event_ids = [event_id for event_id, _ in self.said]
        for person, token in zip(self.people, self.tokens, strict=True):
            told = await answers_to(person, self.room_id, event_ids, token)
            self._check_absent("told", told)
            assert all(text.encode() in told for _, text in self.said if text not in self.redacted)
        self._check_absent("in memory", b"\n".join(texts_in(self.server.app)))
        stored = b""
        async for table, rows in everything_in(self.server.app.base.database):
            self._check_absent(f"in table {table}", rows)
            stored += rows
        assert all(text.encode() in stored for _, text in self.said if text not in self.redacted)

    def _check_absent(self, where: str, found: bytes) -> None:
        assert [text for text in self.redacted if text.encode() in found] == [], where


async def answers_to(person: Person, room_id: str, event_ids: list[str], since: str | None = None) -> bytes:
    """All that the person is told of the room."""
    paths = ["sync", room(room_id, "messages") + "?dir=b&limit=1000", room(room_id, "state")]
    paths += [room(room_id, "messages") + "?dir=f&limit=1000", room(room_id, "members"), "initialSync"]
    paths += [room(room_id, "initialSync"), f"/_matrix/client/v1/{room(room_id, 'hierarchy')}"]
    paths += [f"/_matrix/client/v1/{room(room_id, 'threads')}", f"/_matrix/client/v1/room_summary/{room_id}"]
    if since is not None:
        paths += [f"sync?since={since}", f"events?from={since}"]
    for event_id in event_ids:
        paths += [room(room_id, "event", event_id), room(room_id, "context", event_id)]
        paths += [f"/_matrix/client/v1/{room(room_id, 'relations', event_id)}"]
    return b"\n".join([(await person.get(path)).body for path in paths])


async def everything_in(database: Database) -> AsyncIterator[tuple[str, bytes]]:
    """Each table, and all its rows as bytes."""
    for (table,) in await database.all(_TABLES[database.engine]):
        rows = await database.all(Query(f'SELECT * FROM "{table}"'))
        values = (value for row in rows for value in row)
        yield table, b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(actions=st.lists(ACTIONS, min_size=5, max_size=20))
def test_what_was_redacted_is_nowhere(new_database: Callable[[], str | None], actions: list[tuple[Any, ...]]) -> None:
    asyncio.run(follow(actions, new_database()))


async def follow(actions: list[tuple[Any, ...]], database: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder), database=database, presence="off")
        await server.start()
        try:
            world = World(server)
            await world.begin()
            for action in actions:
                await world.do(action)
            await world.check()
        finally:
            await server.stop()
